import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { CloseConcern, Concern, HistoryEntry } from "../../api/shapes";
import { isBegun, useWriting } from "../../app/writing";
import { Button } from "../../parts/Button";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { TextArea } from "../../parts/Field";
import { DialogForm } from "../../parts/DialogForm";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Card } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common } from "../../words/en";
import { concern as text } from "../../words/en.holder";
import { dayAndTime } from "../../words/when";
import { Closing, closingOf } from "./close";
import styles from "./read.module.css";

/** The life of a concern: new, open, closed, opened again; and who did so when. */
export function Life({ concern }: { concern: Concern }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const was = useRef(concern.status);
  // The button that was pressed is gone by then; what it brought about is read out in its place.
  useEffect(() => {
    if (was.current !== concern.status) heading.current?.focus();
    was.current = concern.status;
  }, [concern.status]);
  const [asking, setAsking] = useState(() => begunIn(concern));
  const client = useQueryClient();
  const path = { params: { path: { concern: concern.id } } };
  const refresh = () => client.invalidateQueries({ queryKey: ["concerns"] });
  const open = useMutation({
    mutationFn: () => ask(api.POST("/v1/concerns/{concern}/opening", { ...path, body: {} })),
    onSuccess: refresh,
  });
  return (
    <Card heading={text.state[concern.status]} headingRef={heading}>
      {concern.status === "new" && (
        <>
          <p className={styles.byline}>{text.openHint}</p>
          <Button look="main" wide busy={open.isPending} onClick={() => open.mutate()}>
            {text.open}
          </Button>
        </>
      )}
      {concern.status === "open" && (
        <>
          {concern.outstanding_actions > 0 && (
            <Notice tone="caution">{text.outstanding(concern.outstanding_actions)}</Notice>
          )}
          <Button look="main" wide onClick={() => setAsking("close")}>
            {text.close}
          </Button>
        </>
      )}
      {concern.status === "closed" && (
        <Button wide onClick={() => setAsking("reopen")}>
          {text.reopen}
        </Button>
      )}
      <Trouble error={open.error} />
      {concern.history.length > 0 && (
        <ol className={styles.history} aria-label={text.history}>
          {concern.history.map((entry) => (
            <History key={`${entry.at} ${entry.what}`} entry={entry} />
          ))}
        </ol>
      )}
      {asking === "close" && (
        <Closing
          concern={concern.id}
          onDone={() => void refresh().then(() => setAsking(undefined))}
          onCancel={() => setAsking(undefined)}
        />
      )}
      {asking === "reopen" && (
        <Reopening
          concern={concern.id}
          onDone={() => void refresh().then(() => setAsking(undefined))}
          onCancel={() => setAsking(undefined)}
        />
      )}
    </Card>
  );
}

/** The form in which somebody was writing when the records fell shut. */
function begunIn({ id, status }: Concern): "close" | "reopen" | undefined {
  if (status === "open" && isBegun(closingOf(id))) return "close";
  if (status === "closed" && isBegun(reopeningOf(id))) return "reopen";
  return undefined;
}

const reopeningOf = (concern: string) => `reopening:${concern}`;

function History({ entry }: { entry: HistoryEntry }) {
  return (
    <li>
      <span className={styles.byline}>
        {text.historyLine(entry.by.name, text.what[entry.what], dayAndTime(entry.at))}
      </span>
      {entry.reason && <span>{text.reasonIs(entry.reason)}</span>}
      {entry.closure && <Closure closure={entry.closure} />}
    </li>
  );
}

function Closure({ closure }: { closure: CloseConcern }) {
  const rows: [string, string][] = [
    [text.summary, closure.summary],
    [text.actionTaken, closure.action_taken],
    [text.followUp, closure.follow_up],
    [text.decision, text.decisions[closure.decision]],
    [text.reasons, closure.reasons],
    [text.outcome, closure.outcome],
  ];
  return (
    <dl className={styles.closure}>
      {rows.map(([term, said]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{said}</dd>
        </div>
      ))}
    </dl>
  );
}

function Reopening({ concern, onDone, onCancel }: { concern: string; onDone: () => void; onCancel: () => void }) {
  const writing = useWriting(reopeningOf(concern), { reason: "" });
  const { reason } = writing.fields;
  const [tried, setTried] = useState(false);
  const reopen = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/v1/concerns/{concern}/reopening", {
          params: { path: { concern } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      writing.clear();
      onDone();
    },
  });
  const cancel = () => {
    writing.clear();
    onCancel();
  };
  return (
    <Dialog heading={text.reopen} onClose={onCancel}>
      <DialogForm
        onSubmit={() => {
          setTried(true);
          if (reason.trim() && !reopen.isPending) reopen.mutate();
        }}
      >
        <ErrorSummary refusal={reopen.error ? explain(reopen.error) : undefined} />
        <TextArea
          label={text.reopenReason}
          rows={3}
          value={reason}
          error={tried && !reason.trim() ? text.missing : undefined}
          onChange={(event) => writing.change({ reason: event.target.value })}
        />
        <DialogButtons>
          <Button type="submit" look="main" busy={reopen.isPending}>
            {text.reopen}
          </Button>
          <Button look="quiet" onClick={cancel}>
            {common.cancel}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
