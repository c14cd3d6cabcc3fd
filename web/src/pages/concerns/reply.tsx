import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { Concern } from "../../api/shapes";
import { useSending, useWriting } from "../../app/writing";
import { Button } from "../../parts/Button";
import { TextArea } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { ErrorSummary } from "../../parts/Notice";
import { Card } from "../../parts/Page";
import { concern as text, holder } from "../../words/en.holder";
import { dayAndTime } from "../../words/when";
import styles from "./read.module.css";

/** Words to whoever wrote it: the one thing of the record that they are shown. */
export function Replies({ concern }: { concern: Concern }) {
  const writing = useWriting(`reply:${concern.id}`, { text: "" });
  const said = writing.fields.text;
  const [tried, setTried] = useState(false);
  const send = useSending(writing, {
    send: (key) =>
      ask(
        api.POST("/v1/concerns/{concern}/replies", {
          params: { path: { concern: concern.id }, header: { "Idempotency-Key": key } },
          body: { text: said.trim() },
        }),
      ),
    shows: [["concerns", concern.id]],
    onSent: () => setTried(false),
  });
  const refusal = send.error ? explain(send.error) : undefined;
  return (
    <Card heading={text.replies} tone="quiet">
      {concern.replies.length === 0 && <p className={styles.byline}>{text.noReplies}</p>}
      <ul className={styles.thread}>
        {concern.replies.map((reply) => (
          <li key={reply.id} className={styles.reply}>
            <p className={styles.byline}>
              {reply.from}, {dayAndTime(reply.at)} ·{" "}
              {reply.seen_at ? text.seen(dayAndTime(reply.seen_at)) : text.notSeen}
            </p>
            <div className={styles.narrative}>{reply.text}</div>
          </li>
        ))}
      </ul>
      <Form
        onSubmit={() => {
          setTried(true);
          if (said.trim() && !send.isPending) send.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <TextArea
          label={text.reply}
          hint={text.replyHint(concern.author?.name ?? holder.nobodyKnown)}
          rows={3}
          value={said}
          error={tried && !said.trim() ? text.missing : refusal?.fields["text"]}
          onChange={(event) => writing.change({ text: event.target.value })}
        />
        <p>
          <Button type="submit" busy={send.isPending}>
            {text.sendReply}
          </Button>
        </p>
      </Form>
    </Card>
  );
}
