import { useState } from "react";
import { explain } from "../../api/problem";
import { Button } from "../../parts/Button";
import { TextArea, TextField } from "../../parts/Field";
import { Buttons, OpenedForm } from "../../parts/Form";
import { ErrorSummary } from "../../parts/Notice";
import { Card } from "../../parts/Page";
import { common } from "../../words/en";
import { receipts } from "../../words/en.member";
import { concern as text } from "../../words/en.holder";
import { useAmendment } from "./use_amendment";

/** An addition beside the original, which nobody can rewrite. */
export function Amend({ concern }: { concern: string }) {
  const [tried, setTried] = useState(false);
  const { open, begin, shut, button, narrative, reason, change, send } = useAmendment(concern, {
    form: `amendment:${concern}`,
    shows: ["concerns", concern],
    onShut: () => setTried(false),
  });
  if (!open) {
    return (
      <p>
        <Button ref={button} onClick={begin}>
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
          onChange={(event) => change({ narrative: event.target.value })}
        />
        <TextField
          label={text.amendReason}
          value={reason}
          error={tried && !reason.trim() ? receipts.addition.missingReason : refusal?.fields["reason"]}
          onChange={(event) => change({ reason: event.target.value })}
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
