import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { ask, explain, type Refusal } from "../../api/problem";
import { useDesk, useOutbox } from "../../app/outbox";
import { Link, type Params } from "../../app/router";
import { useMember } from "../../app/session";
import type { ParcelFile } from "../../drafts/outbox";
import { Button, buttonLook } from "../../parts/Button";
import { TextArea, TextField } from "../../parts/Field";
import { Buttons, OpenedForm } from "../../parts/Form";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Card, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, problems, titles } from "../../words/en";
import { receipts as text } from "../../words/en.member";
import { dayAndTime, startsSentence } from "../../words/when";
import { StatusChip } from "./receipt_status";
import styles from "./receipts.module.css";
import { useAmendment } from "./use_amendment";

/** One receipt: its number, how far it is, what was replied; and the files still on their way. */
export default function ReadReceipt({ params }: { params: Params }) {
  const id = params["id"] ?? "";
  const desk = useDesk(useMember().id);
  const { parcels, parts } = useOutbox(desk?.outbox);
  const parcel = parcels.find((one) => one.receipt?.id === id);
  const receipt = useQuery({
    queryKey: ["receipts", id],
    queryFn: () => ask(api.GET("/v1/receipts/{concern}", { params: { path: { concern: id } } })),
  });
  const client = useQueryClient();
  const opened = receipt.isSuccess;
  // Its replies are read with it, which the menu and the list count.
  useEffect(() => {
    if (opened) for (const key of ["me", "receipts"]) void client.invalidateQueries({ queryKey: [key], exact: true });
  }, [opened, id, client]);
  const justSent = Boolean(parcel?.receipt);
  const shown = receipt.data ?? parcel?.receipt;
  const replies = receipt.data?.answers ?? [];

  return (
    <Page
      title={titles.receipt}
      heading={justSent ? text.thanks : titles.receipt}
      lead={justSent ? text.thanksLead : undefined}
      width="narrow"
    >
      <Trouble error={shown ? null : receipt.error} onRetry={() => void receipt.refetch()} />
      {!shown && receipt.isPending && <Loading />}
      {shown && (
        <div className={styles.stub}>
          <span className={styles.meta}>{text.reference}</span>
          <p className={styles.number}>{shown.reference}</p>
          <p className={styles.meta}>
            {text.sent}: {startsSentence(dayAndTime(shown.received_at))}
          </p>
          <StatusChip status={shown.status} />
          <p>{text.statusMeaning[shown.status]}</p>
        </div>
      )}
      {parcel && parcel.files.length > 0 && <Uploads files={parcel.files} parts={parts} />}
      {shown && (!justSent || replies.length > 0) && (
        <Card heading={text.replies} tone="quiet">
          {replies.length === 0 && <p className={styles.meta}>{text.noReplies}</p>}
          <ul className={styles.replies}>
            {replies.map((reply) => (
              <li key={reply.id} className={styles.reply}>
                <span className={styles.meta}>{text.from(reply.from, dayAndTime(reply.at))}</span>
                <p>{reply.text}</p>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {justSent && (
        <Card heading={text.next} tone="quiet">
          <ol className={styles.steps}>
            {text.nextSteps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </Card>
      )}
      {shown && <Addition concern={id} />}
      <p>
        <Link className={buttonLook("second")} href="/record">
          {text.recordAnother}
        </Link>
      </p>
    </Page>
  );
}

function Uploads({ files, parts }: { files: ParcelFile[]; parts: Record<string, number> }) {
  const going = files.some((file) => file.state === "waiting" || file.state === "sending");
  return (
    <Card heading={text.uploads} tone="quiet">
      <ul className={styles.files}>
        {files.map((file) => {
          const percent = Math.round((parts[file.id] ?? 0) * 100);
          const state = {
            waiting: text.uploadWaiting,
            sending: text.uploading(percent),
            sent: text.uploaded,
            refused: text.uploadRefused,
            gone: text.uploadGone,
          }[file.state];
          return (
            <li key={file.id}>
              <span className={styles.fileTop}>
                <span>{file.name}</span>
                <span className={styles.meta}>{state}</span>
              </span>
              {file.state === "sending" && <progress max={100} value={percent} aria-label={file.name} />}
              {file.words && <span className={styles.refused}>{file.words}</span>}
            </li>
          );
        })}
      </ul>
      <div role="status">{going && <p className={styles.meta}>{text.uploadsKeepOpen}</p>}</div>
    </Card>
  );
}

/** An addition to what was sent, blind: the first words are not shown, and stay as they are. */
function Addition({ concern }: { concern: string }) {
  const [missing, setMissing] = useState<Refusal>();
  const { open, begin, shut, button, narrative, reason, change, send } = useAmendment(concern, {
    form: `addition:${concern}`,
    shows: ["receipts"],
    onShut: () => setMissing(undefined),
  });
  const refusal = missing ?? (send.error ? explain(send.error) : undefined);
  const submit = () => {
    const fields: Record<string, string> = {};
    if (!narrative.trim()) fields["narrative"] = text.addition.missing;
    if (!reason.trim()) fields["reason"] = text.addition.missingReason;
    if (Object.keys(fields).length > 0) {
      return setMissing({ slug: "", status: 422, words: problems.known["invalid-input"], fields });
    }
    setMissing(undefined);
    if (!send.isPending) send.mutate();
  };
  if (!open) {
    return (
      <>
        {send.isSuccess && (
          <Notice tone="good" live>
            {text.addition.sent}
          </Notice>
        )}
        <p>
          <Button ref={button} onClick={begin}>
            {text.addition.open}
          </Button>
        </p>
      </>
    );
  }
  return (
    <Card heading={text.addition.open}>
      <p className={styles.meta}>{text.addition.lead}</p>
      <OpenedForm onSubmit={submit}>
        <ErrorSummary refusal={refusal} fields={{ narrative: "addition", reason: "reason" }} />
        <TextArea
          id="addition"
          label={text.addition.text}
          value={narrative}
          maxLength={20000}
          error={refusal?.fields["narrative"]}
          onChange={(event) => change({ narrative: event.target.value })}
        />
        <TextField
          id="reason"
          label={text.addition.reason}
          hint={text.addition.reasonHint}
          value={reason}
          error={refusal?.fields["reason"]}
          onChange={(event) => change({ reason: event.target.value })}
        />
        <Buttons>
          <Button type="submit" look="main" busy={send.isPending}>
            {text.addition.send}
          </Button>
          <Button look="quiet" onClick={shut}>
            {common.cancel}
          </Button>
        </Buttons>
      </OpenedForm>
    </Card>
  );
}
