import { useEffect } from "react";
import { api } from "../../api/client";
import { Link, navigate } from "../../app/router";
import { Page } from "../../parts/Page";
import { sign as text, titles } from "../../words/en";
import { Credentials } from "./credentials";
import styles from "./sign_in.module.css";

/** The sign-in. A server that nobody has set up yet leads to its setup instead. */
export function SignIn() {
  useEffect(() => {
    void api
      .GET("/v1/setup")
      .then(({ data }) => data?.needed && navigate("/setup", true))
      .catch(() => undefined);
  }, []);
  return (
    <Page title={titles.signIn} heading={text.heading} lead={text.lead} width="narrow">
      <Credentials />
      <p>
        <Link href="/forgot">{text.forgot}</Link>
      </p>
      <section className={styles.about}>
        <h2>{text.about}</h2>
        {text.aboutText.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p className={styles.danger}>{text.danger}</p>
      </section>
    </Page>
  );
}
