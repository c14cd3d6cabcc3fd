import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { Button } from "../../parts/Button";
import { TextArea, TextField } from "../../parts/Field";
import { useFocusBack } from "../../parts/focus";
import { Buttons, OpenedForm } from "../../parts/Form";
import { ErrorSummary } from "../../parts/Notice";
import { Card } from "../../parts/Page";
import { common } from "../../words/en";
import { receipts } from "../../words/en.member";
import { concern as text } from "../../words/en.holder";

/** An addition beside the original, which nobody can rewrite. */
export function Amend({ concern }: { concern: string }) {
  const [open, setOpen] = useState(false);
  const button = useFocusBack<HTMLButtonElement>(open);
  const [narrative, setNarrative] = useState("");
  const [reason, setReason] = useState("");
  const [key, setKey] = useState(() => crypto.randomUUID() as string);
  const [tried, setTried] = useState(false);
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/concerns/{concern}/amendments", {
          params: { path: { concern }, header: { "Idempotency-Key": key } },
          body: { narrative: narrative.trim(), reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["concerns", concern] });
      setOpen(false);
      setNarrative("");
      setReason("");
      setTried(false);
      // The next one is another.
      setKey(crypto.randomUUID());
    },
  });
  if (!open) {
    return (
      <p>
        <Button ref={button} onClick={() => setOpen(true)}>
          {text.amend}
        </Button>
      </p>
    );
  }
  const refusal = send.error ? explain(send.error) : undefined;
  return (
    <Card>
      <OpenedForm
        onSubmit={() => {
          setTried(true);
          if (narrative.trim() && reason.trim() && !send.isPending) send.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <TextArea
          label={text.amendText}
          value={narrative}
          maxLength={20000}
          error={tried && !narrative.trim() ? receipts.addition.missing : refusal?.fields["narrative"]}
          onChange={(event) => setNarrative(event.target.value)}
        />
        <TextField
          label={text.amendReason}
          value={reason}
          error={tried && !reason.trim() ? receipts.addition.missingReason : refusal?.fields["reason"]}
          onChange={(event) => setReason(event.target.value)}
        />
        <Buttons>
          <Button type="submit" look="main" busy={send.isPending}>
            {text.amendSend}
          </Button>
          <Button look="quiet" onClick={() => setOpen(false)}>
            {common.cancel}
          </Button>
        </Buttons>
      </OpenedForm>
    </Card>
  );
}
