import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { isBegun, useSending, useWriting } from "../../app/writing";
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
  const form = `amendment:${concern}`;
  const [open, setOpen] = useState(() => isBegun(form));
  const button = useFocusBack<HTMLButtonElement>(open);
  const writing = useWriting(form, { narrative: "", reason: "" });
  const { narrative, reason } = writing.fields;
  const [tried, setTried] = useState(false);
  const shut = () => {
    writing.clear();
    setTried(false);
    setOpen(false);
  };
  const send = useSending(writing, {
    send: (key) =>
      ask(
        api.POST("/v1/concerns/{concern}/amendments", {
          params: { path: { concern }, header: { "Idempotency-Key": key } },
          body: { narrative: narrative.trim(), reason: reason.trim() },
        }),
      ),
    shows: [["concerns", concern]],
    onSent: shut,
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
          onChange={(event) => writing.change({ narrative: event.target.value })}
        />
        <TextField
          label={text.amendReason}
          value={reason}
          error={tried && !reason.trim() ? receipts.addition.missingReason : refusal?.fields["reason"]}
          onChange={(event) => writing.change({ reason: event.target.value })}
        />
        <Buttons>
          <Button type="submit" look="main" busy={send.isPending}>
            {text.amendSend}
          </Button>
          <Button look="quiet" onClick={shut}>
            {common.cancel}
          </Button>
        </Buttons>
      </OpenedForm>
    </Card>
  );
}
