import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { Link } from "../../app/router";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { sign, titles } from "../../words/en";
import { passwordLink as text } from "../../words/en.member";

/** Asks for a link by e-mail; the answer is the same for an address that nobody has. */
export default function RequestPasswordLink() {
  const [email, setEmail] = useState("");
  const [tried, setTried] = useState(false);
  const send = useMutation({
    mutationFn: () => ask(api.POST("/v1/password-links", { body: { email: email.trim() } })),
  });
  return (
    <Page title={titles.forgot} heading={titles.forgot} lead={text.lead} width="narrow">
      {send.isSuccess ? (
        <Notice tone="good" live>
          {text.sent}
        </Notice>
      ) : (
        <Form
          onSubmit={() => {
            setTried(true);
            if (email.trim() && !send.isPending) send.mutate();
          }}
        >
          <ErrorSummary refusal={send.error ? explain(send.error) : undefined} />
          <TextField
            label={sign.email}
            type="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={email}
            error={tried && !email.trim() ? sign.missingEmail : undefined}
            onChange={(event) => setEmail(event.target.value)}
          />
          <Button type="submit" look="main" size="large" wide busy={send.isPending}>
            {text.send}
          </Button>
        </Form>
      )}
      <p>
        <Link href="/">{text.backToSignIn}</Link>
      </p>
    </Page>
  );
}
