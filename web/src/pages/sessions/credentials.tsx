import { useState } from "react";
import { type Refusal, words } from "../../api/problem";
import { signIn } from "../../api/session";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { ErrorSummary } from "../../parts/Notice";
import { problems, sign as text } from "../../words/en";

const FIELDS = { email: "email", password: "password" };

/** E-mail address and password; what was typed stays through every refusal. */
export function Credentials({ email: known, onDone }: { email?: string; onDone?: () => void }) {
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();

  const submit = async () => {
    if (busy) return;
    const missing: Record<string, string> = {};
    if (!email.trim()) missing["email"] = text.missingEmail;
    if (!password) missing["password"] = text.missingPassword;
    if (Object.keys(missing).length > 0) {
      return setRefusal({ slug: "", status: 422, words: problems.known["invalid-input"], fields: missing });
    }
    setBusy(true);
    const answer = await signIn(email.trim(), password);
    setBusy(false);
    if ("session" in answer) return onDone?.();
    setRefusal(
      answer.refused === "offline"
        ? { slug: "offline", status: 0, words: problems.offline, fields: {} }
        : words(answer.refused),
    );
  };

  return (
    <Form onSubmit={() => void submit()}>
      <ErrorSummary refusal={refusal} fields={FIELDS} />
      <TextField
        id="email"
        label={text.email}
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={refusal?.fields["email"]}
      />
      <TextField
        id="password"
        label={text.password}
        type="password"
        // Set as an attribute: a dialog gives it the focus when it opens, after React has drawn it.
        ref={(field) => (known ? field?.setAttribute("autofocus", "") : undefined)}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={refusal?.fields["password"]}
      />
      <Button type="submit" look="main" size="large" wide busy={busy}>
        {busy ? text.signingIn : text.signIn}
      </Button>
    </Form>
  );
}
