import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { download } from "../../api/download";
import type { Concern } from "../../api/shapes";
import { Link, type Params } from "../../app/router";
import { Button } from "../../parts/Button";
import { CategoryChip } from "../../parts/Chip";
import { Icon } from "../../parts/Icon";
import { Notice } from "../../parts/Notice";
import { Card, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { concern as text, holder } from "../../words/en.holder";
import { asRecorded, dayAndTime, startsSentence } from "../../words/when";
import { Actions } from "./actions";
import { Amend } from "./amend";
import { sizeOf } from "./file_picker";
import styles from "./read.module.css";
import { Replies } from "./reply";
import { Life } from "./status";
import { Names, StatusChip, UrgentChip } from "./summary";

/** One concern, opened: what was written, whom it is about, and everything that was done since. */
export default function ReadConcern({ params }: { params: Params }) {
  const id = params["id"] ?? "";
  const query = useQuery({
    queryKey: ["concerns", id],
    queryFn: () => ask(api.GET("/v1/concerns/{concern}", { params: { path: { concern: id } } })),
  });
  const concern = query.data;
  const client = useQueryClient();
  const opened = Boolean(concern);
  // Its alert is read with it, which the menu counts.
  useEffect(() => {
    if (opened) for (const key of ["me", "alerts", "dashboard"]) void client.invalidateQueries({ queryKey: [key] });
  }, [opened, id, client]);
  if (!concern) {
    return (
      <Page title={titles.concern} heading={titles.concern}>
        {query.isPending && <Loading />}
        <Trouble error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={titles.concern}
      width="wide"
      heading={<Names pupils={concern.pupils} />}
      lead={
        <span className={styles.head}>
          {concern.urgent && <UrgentChip />}
          <StatusChip status={concern.status} />
          {concern.categories.map((category) => (
            <CategoryChip key={category.id} name={category.name} colour={category.colour} />
          ))}
          <span className={styles.reference}>{concern.reference}</span>
        </span>
      }
    >
      <div className={styles.columns}>
        <div className={styles.account}>
          <Account concern={concern} />
        </div>
        <div className={styles.side}>
          <Life concern={concern} />
          <Details concern={concern} />
          <Files concern={concern} />
        </div>
        <div className={styles.main}>
          <Amendments concern={concern} />
          <Actions concern={concern} />
          <Replies concern={concern} />
        </div>
      </div>
    </Page>
  );
}

function Account({ concern }: { concern: Concern }) {
  return (
    <Card heading={text.account}>
      <p className={styles.byline}>
        {concern.author?.name ?? holder.nobodyKnown}, {dayAndTime(concern.received_at)}
      </p>
      <div className={styles.narrative}>{concern.narrative}</div>
      {concern.child_words && (
        <figure className={styles.spoken}>
          <figcaption>{text.childWords}</figcaption>
          <blockquote className={styles.quote}>{concern.child_words}</blockquote>
        </figure>
      )}
    </Card>
  );
}

function Amendments({ concern }: { concern: Concern }) {
  return (
    <Card heading={text.amendments} tone="quiet">
      {concern.amendments.length > 0 && (
        <ul className={styles.stack}>
          {concern.amendments.map((amendment) => (
            <li key={amendment.id} className={styles.amendment}>
              <p className={styles.byline}>{text.amendedBy(amendment.by.name, dayAndTime(amendment.at))}</p>
              <div className={styles.narrative}>{amendment.narrative}</div>
              <p className={styles.byline}>{text.reasonIs(amendment.reason)}</p>
            </li>
          ))}
        </ul>
      )}
      <Amend concern={concern.id} />
    </Card>
  );
}

function Details({ concern }: { concern: Concern }) {
  const rows: [string, string | null | undefined][] = [
    [
      holder.happened,
      concern.occurred_at && startsSentence(asRecorded(concern.occurred_at, concern.occurred_precision ?? "exact")),
    ],
    [holder.received, startsSentence(dayAndTime(concern.received_at))],
    [holder.by, concern.author?.name],
    [text.location, concern.location],
    [
      text.told,
      concern.told_lead == null ? null : concern.told_lead ? text.toldYes(concern.told_whom ?? "") : common.no,
    ],
    [text.staff, concern.staff_present],
  ];
  const known = concern.pupils.filter((pupil) => pupil.id);
  return (
    <Card heading={text.details}>
      <dl className={styles.facts}>
        {rows
          .filter((row) => row[1])
          .map(([term, said]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{said}</dd>
            </div>
          ))}
      </dl>
      {known.length > 0 && (
        <ul className={styles.links}>
          {known.map((pupil) => (
            <li key={pupil.id}>
              <Link href={`/pupils/${pupil.id}`}>{text.chronologyOf(pupil.name)}</Link>
              {pupil.class_name && <span className={styles.byline}> {pupil.class_name}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Files({ concern }: { concern: Concern }) {
  const [failed, setFailed] = useState<string>();
  if (concern.files.length === 0) return null;
  const fetchFile = (id: string, name: string) => {
    setFailed(undefined);
    download(`/v1/concerns/${concern.id}/attachments/${id}`, name).catch((error: unknown) =>
      setFailed(explain(error).words),
    );
  };
  return (
    <Card heading={text.files}>
      <ul className={styles.stack}>
        {concern.files.map((file) => (
          <li key={file.id}>
            <Button className={styles.file} onClick={() => fetchFile(file.id, file.name)}>
              <Icon name="clip" />
              <span className={styles.fileName}>
                <span className="visually-hidden">{text.download}</span> {file.name}
              </span>
              <span className={styles.byline}>{sizeOf(file.size)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {failed && (
        <Notice tone="danger" live>
          {failed}
        </Notice>
      )}
      <p className={styles.byline}>{text.downloadHint}</p>
    </Card>
  );
}
