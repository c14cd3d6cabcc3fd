import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { Link } from "../../app/router";
import { Button, buttonLook } from "../../parts/Button";
import { Tick, TextField } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { sign, titles } from "../../words/en";
import { passwordLink as text } from "../../words/en.member";

const LEAST = 12;

/** Sets a password with the token of a mailed link, which stands in the fragment and so is in no log. */
export default function SetPassword() {
  const [token] = useState(() => location.hash.slice(1));
  const [password, setPassword] = useState("");
  const [show, setShow] = useState(false);
  const [tried, setTried] = useState(false);
  const set = useMutation({
    mutationFn: () => ask(api.POST("/v1/passwords", { body: { token, password } })),
    onSuccess: () => history.replaceState(null, "", location.pathname),
  });
  const length = [...password].length;
  const short = tried && length < LEAST ? text.tooShort(length) : undefined;

  if (set.isSuccess) {
    return (
      <Page title={titles.password} heading={titles.password} width="narrow">
        <Notice tone="good" live>
          {text.passwordSet}
        </Notice>
        <Link className={buttonLook("main", "large")} href="/welcome">
          {sign.signIn}
        </Link>
      </Page>
    );
  }
  return (
    <Page title={titles.password} heading={titles.password} width="narrow">
      {!token && <Notice tone="caution">{text.noToken}</Notice>}
      <Form
        onSubmit={() => {
          setTried(true);
          if (length >= LEAST && !set.isPending) set.mutate();
        }}
      >
        <ErrorSummary refusal={set.error ? explain(set.error) : undefined} />
        <TextField
          label={text.newPassword}
          hint={text.newPasswordHint}
          type={show ? "text" : "password"}
          autoComplete="new-password"
          autoCapitalize="none"
          spellCheck={false}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={short ?? (set.error ? explain(set.error).fields["password"] : undefined)}
        />
        <Tick label={text.showPassword} checked={show} onChange={(event) => setShow(event.target.checked)} />
        <Button type="submit" look="main" size="large" wide busy={set.isPending} disabled={!token}>
          {text.setPassword}
        </Button>
      </Form>
      <p>
        <Link href="/forgot">{titles.forgot}</Link>
      </p>
    </Page>
  );
}
