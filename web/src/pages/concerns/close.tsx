import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain, type Refusal } from "../../api/problem";
import type { CloseConcern, Decision } from "../../api/shapes";
import { useWriting } from "../../app/writing";
import { Button } from "../../parts/Button";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { Choices, Group, TextArea } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { ErrorSummary } from "../../parts/Notice";
import { common, problems } from "../../words/en";
import { concern as text } from "../../words/en.holder";

type Text = Exclude<keyof CloseConcern, "decision">;
const BLANK: Record<Text, string> & { decision?: Decision } = {
  summary: "",
  action_taken: "",
  follow_up: "",
  reasons: "",
  outcome: "",
};

/** What waits in this form, if anything does. */
export const closingOf = (concern: string) => `closure:${concern}`;

const IDS = {
  summary: "closing-summary",
  action_taken: "closing-action_taken",
  follow_up: "closing-follow_up",
  decision: "closing-decision",
  reasons: "closing-reasons",
  outcome: "closing-outcome",
};
const DECISIONS = Object.entries(text.decisions).map(([value, label]) => ({ value: value as Decision, label }));

/** Closing asks for everything that the next reader will need; none of it may be left out. */
export function Closing({ concern, onDone, onCancel }: { concern: string; onDone: () => void; onCancel: () => void }) {
  const writing = useWriting(closingOf(concern), BLANK);
  const { decision, ...fields } = writing.fields;
  const [missing, setMissing] = useState<Refusal>();
  const close = useMutation({
    mutationFn: (body: CloseConcern) =>
      ask(api.POST("/v1/concerns/{concern}/closure", { params: { path: { concern } }, body })),
    onSuccess: () => {
      writing.clear();
      onDone();
    },
  });
  const cancel = () => {
    writing.clear();
    onCancel();
  };
  const refusal = missing ?? (close.error ? explain(close.error) : undefined);
  const submit = () => {
    const empty: Record<string, string> = {};
    // In the order of the form, which is the order in which they are mended.
    for (const name of Object.keys(IDS) as (keyof typeof IDS)[]) {
      if (name === "decision") {
        if (!decision) empty[name] = text.missingDecision;
      } else if (!fields[name].trim()) empty[name] = text.missingPart(labels[name]);
    }
    if (Object.keys(empty).length > 0 || !decision) {
      return setMissing({ slug: "", status: 422, words: problems.known["invalid-input"], fields: empty });
    }
    setMissing(undefined);
    if (!close.isPending) close.mutate({ ...fields, decision });
  };
  const bind = (name: Text) => ({
    id: IDS[name],
    label: labels[name],
    rows: 2,
    value: fields[name],
    error: missing?.fields[name] ? text.missing : refusal?.fields[name],
    onChange: (event: { target: { value: string } }) =>
      writing.change({ [name]: event.target.value } as Partial<Record<Text, string>>),
  });
  return (
    <Dialog heading={text.close} onClose={onCancel}>
      <p>{text.closeLead}</p>
      <Form onSubmit={submit}>
        <ErrorSummary refusal={refusal} fields={IDS} />
        <TextArea {...bind("summary")} hint={text.summaryHint} />
        <TextArea {...bind("action_taken")} />
        <TextArea {...bind("follow_up")} hint={text.followUpHint} />
        <Group id={IDS.decision} label={text.decision} error={refusal?.fields["decision"]}>
          <Choices value={decision} options={DECISIONS} onChange={(chosen) => writing.change({ decision: chosen })} />
        </Group>
        <TextArea {...bind("reasons")} />
        <TextArea {...bind("outcome")} />
        <DialogButtons>
          <Button type="submit" look="main" busy={close.isPending}>
            {text.closeIt}
          </Button>
          <Button look="quiet" onClick={cancel}>
            {common.cancel}
          </Button>
        </DialogButtons>
      </Form>
    </Dialog>
  );
}

const labels: Record<Text, string> = {
  summary: text.summary,
  action_taken: text.actionTaken,
  follow_up: text.followUp,
  reasons: text.reasons,
  outcome: text.outcome,
};
