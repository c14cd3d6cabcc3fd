import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { mint, tellOtherTabs } from "../../api/session";
import { navigate } from "../../app/router";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/Field";
import { Buttons, OpenedForm } from "../../parts/Form";
import { Trouble } from "../../parts/Trouble";
import { paperCode as text } from "../../words/en.keys";

/** Opens the records by a code on paper, for whoever's device has no connection where they are. */
export function PaperCode({ wanted, onBack }: { wanted: string; onBack: () => void }) {
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const open = useMutation({
    mutationFn: () => ask(api.POST("/v1/slot-unlocks", { body: { code } })),
    onSuccess: async () => {
      await mint();
      tellOtherTabs();
      navigate(wanted, true);
    },
    onError: () => field.current?.focus(),
  });
  const slip = open.error ? explain(open.error).fields["code"] : undefined;

  const submit = () => {
    setMissing(code.trim() === "");
    if (code.trim() !== "" && !open.isPending) open.mutate();
  };

  return (
    <OpenedForm onSubmit={submit}>
      {!slip && <Trouble error={open.error} />}
      <TextField
        ref={field}
        label={text.label}
        hint={text.hint}
        error={missing ? text.missing : slip ? text.slip(slip) : undefined}
        value={code}
        onChange={(event) => {
          setCode(event.target.value);
          setMissing(false);
        }}
        // It is a secret that is used once: no browser should offer to keep it.
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        maxLength={60}
      />
      <Buttons>
        <Button type="submit" look="main" size="large" busy={open.isPending}>
          {open.isPending ? text.opening : text.open}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {text.back}
        </Button>
      </Buttons>
      <p>{text.told}</p>
    </OpenedForm>
  );
}
