import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { Action, ActionKind, Concern } from "../../api/shapes";
import { isBegun, useSending, useWriting } from "../../app/writing";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Select, TextArea, TextField } from "../../parts/Field";
import { useFocusBack } from "../../parts/focus";
import { Buttons, OpenedForm, Row } from "../../parts/Form";
import { ErrorSummary } from "../../parts/Notice";
import { Card } from "../../parts/Page";
import { common } from "../../words/en";
import { concern as text, dashboard, holder } from "../../words/en.holder";
import { dateInFull, dayAndTime, localDate } from "../../words/when";
import styles from "./read.module.css";

const KINDS = Object.keys(holder.kinds) as ActionKind[];
const formOf = (concern: string) => `action:${concern}`;

/** What was done and what is to be done, the oldest first, with who and by when. */
export function Actions({ concern }: { concern: Concern }) {
  const [adding, setAdding] = useState(() => isBegun(formOf(concern.id)));
  const button = useFocusBack<HTMLButtonElement>(adding);
  return (
    <Card
      heading={text.actions}
      tone="quiet"
      actions={
        !adding && (
          <Button ref={button} onClick={() => setAdding(true)}>
            {text.addAction}
          </Button>
        )
      }
    >
      {adding && <AddAction concern={concern.id} onDone={() => setAdding(false)} />}
      {concern.actions.length === 0 && !adding && <p className={styles.byline}>{text.noActions}</p>}
      <ul className={styles.thread}>
        {concern.actions.map((action) => (
          <OneAction key={action.id} action={action} />
        ))}
      </ul>
    </Card>
  );
}

function OneAction({ action }: { action: Action }) {
  const outstanding = !action.completed_at && Boolean(action.assignee || action.due_on);
  const late = outstanding && Boolean(action.due_on && action.due_on < localDate(new Date()));
  return (
    <li className={styles.action} data-done={action.completed_at ? "" : undefined}>
      <div className={styles.actionTop}>
        <h3>{holder.kinds[action.kind]}</h3>
        {action.assignee && <Chip>{text.assignedTo(action.assignee.name)}</Chip>}
        {action.due_on && !action.completed_at && (
          <Chip tone={late ? "danger" : "caution"}>
            {late ? dashboard.wasDue(dateInFull(action.due_on)) : dashboard.due(dateInFull(action.due_on))}
          </Chip>
        )}
        {action.completed_at && <Chip tone="good">{text.doneAt(dayAndTime(action.completed_at))}</Chip>}
      </div>
      <div className={styles.narrative}>{action.text}</div>
      {action.completion_note && <div className={styles.narrative}>{action.completion_note}</div>}
      <p className={styles.byline}>
        {action.by.name}, {dayAndTime(action.at)}
      </p>
      {outstanding && <Finish action={action} />}
    </li>
  );
}

function Finish({ action }: { action: Action }) {
  const form = `completion:${action.id}`;
  const [open, setOpen] = useState(() => isBegun(form));
  const button = useFocusBack<HTMLButtonElement>(open);
  const writing = useWriting(form, { note: "" });
  const { note } = writing.fields;
  const shut = () => {
    writing.clear();
    setOpen(false);
  };
  const client = useQueryClient();
  const finish = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/actions/{action}/completion", {
          params: { path: { action: action.id } },
          body: note.trim() ? { note: note.trim() } : {},
        }),
      ),
    onSuccess: () => {
      writing.clear();
      void client.invalidateQueries({ queryKey: ["dashboard"] });
      return client.invalidateQueries({ queryKey: ["concerns", action.concern] });
    },
  });
  if (!open) {
    return (
      <p>
        <Button ref={button} onClick={() => setOpen(true)}>
          {text.markDone}
        </Button>
      </p>
    );
  }
  return (
    <OpenedForm onSubmit={() => !finish.isPending && finish.mutate()}>
      <ErrorSummary refusal={finish.error ? explain(finish.error) : undefined} />
      <TextField
        label={text.doneNote}
        optional
        value={note}
        onChange={(event) => writing.change({ note: event.target.value })}
      />
      <Buttons>
        <Button type="submit" look="main" busy={finish.isPending}>
          {text.finish}
        </Button>
        <Button look="quiet" onClick={shut}>
          {common.cancel}
        </Button>
      </Buttons>
    </OpenedForm>
  );
}

export function useStaff() {
  return useQuery({ queryKey: ["staff"], queryFn: () => ask(api.GET("/v1/staff")), staleTime: 5 * 60_000 });
}

function AddAction({ concern, onDone }: { concern: string; onDone: () => void }) {
  const writing = useWriting(formOf(concern), { kind: "note" as ActionKind, said: "", assignee: "", due: "" });
  const { kind, said, assignee, due } = writing.fields;
  const [tried, setTried] = useState(false);
  const staff = useStaff();
  const add = useSending(writing, {
    send: (key) =>
      ask(
        api.POST("/v1/concerns/{concern}/actions", {
          params: { path: { concern }, header: { "Idempotency-Key": key } },
          body: { kind, text: said.trim(), ...(assignee ? { assignee } : {}), ...(due ? { due_on: due } : {}) },
        }),
      ),
    shows: [["concerns", concern], ["dashboard"]],
    onSent: onDone,
  });
  const cancel = () => {
    writing.clear();
    onDone();
  };
  const refusal = add.error ? explain(add.error) : undefined;
  return (
    <Card>
      <OpenedForm
        onSubmit={() => {
          setTried(true);
          if (said.trim() && !add.isPending) add.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <Select
          label={text.kind}
          value={kind}
          onChange={(event) => writing.change({ kind: event.target.value as ActionKind })}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {holder.kinds[one]}
            </option>
          ))}
        </Select>
        <TextArea
          label={text.text}
          rows={3}
          value={said}
          error={tried && !said.trim() ? text.missing : refusal?.fields["text"]}
          onChange={(event) => writing.change({ said: event.target.value })}
        />
        <Row>
          <Select
            label={text.assignee}
            value={assignee}
            onChange={(event) => writing.change({ assignee: event.target.value })}
          >
            <option value="">{text.nobody}</option>
            {(staff.data?.items ?? []).map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
          </Select>
          <TextField
            label={text.due}
            optional
            type="date"
            value={due}
            onChange={(event) => writing.change({ due: event.target.value })}
          />
        </Row>
        <Buttons>
          <Button type="submit" look="main" busy={add.isPending}>
            {text.saveAction}
          </Button>
          <Button look="quiet" onClick={cancel}>
            {common.cancel}
          </Button>
        </Buttons>
      </OpenedForm>
    </Card>
  );
}
