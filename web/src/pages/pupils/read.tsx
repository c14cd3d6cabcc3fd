import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { Pupil } from "../../api/shapes";
import type { Params } from "../../app/router";
import { Card, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { titles } from "../../words/en";
import { pupils as text } from "../../words/en.holder";
import { dateInFull } from "../../words/when";
import { Chronology } from "./chronology";
import styles from "./pupils.module.css";

/** One pupil: who they are, whom to ring, and everything recorded about them in the order it happened. */
export default function ReadPupil({ params }: { params: Params }) {
  const id = params["id"] ?? "";
  const query = useQuery({
    queryKey: ["pupils", id],
    queryFn: () => ask(api.GET("/v1/pupils/{id}", { params: { path: { id } } })),
  });
  const pupil = query.data;
  if (!pupil) {
    return (
      <Page title={titles.pupil} heading={titles.pupil}>
        {query.isPending && <Loading />}
        <Trouble error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={titles.pupil}
      width="wide"
      heading={pupil.name}
      lead={[
        pupil.class_name,
        pupil.year && text.yearName(pupil.year),
        text.concerns(pupil.concerns),
        pupil.left && text.left,
      ]
        .filter(Boolean)
        .join(" · ")}
    >
      <div className={styles.columns}>
        <section className={styles.main}>
          <h2>{text.chronology}</h2>
          <Chronology pupil={id} />
        </section>
        <div className={styles.side}>
          <Profile pupil={pupil} />
          <Contacts pupil={pupil} />
        </div>
      </div>
    </Page>
  );
}

function Profile({ pupil }: { pupil: Pupil }) {
  const rows: [string, string | null | undefined][] = [
    [text.birth, pupil.date_of_birth && dateInFull(pupil.date_of_birth)],
    [text.upn, pupil.upn],
    [text.classes, pupil.classes.join(", ") || null],
  ];
  const known = rows.filter((row) => row[1]);
  if (known.length === 0) return null;
  return (
    <Card heading={text.profile}>
      <dl className={styles.facts}>
        {known.map(([term, said]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Contacts({ pupil }: { pupil: Pupil }) {
  return (
    <Card heading={text.contacts}>
      {pupil.contacts.length === 0 && <p className={styles.meta}>{text.noContacts}</p>}
      <ul className={styles.contacts}>
        {pupil.contacts.map((contact) => (
          <li key={`${contact.name} ${contact.relationship}`}>
            <strong>{contact.name}</strong>
            <span className={styles.meta}>{contact.relationship}</span>
            {contact.phone && <a href={`tel:${contact.phone.replace(/\s/g, "")}`}>{contact.phone}</a>}
            {contact.email && <a href={`mailto:${contact.email}`}>{contact.email}</a>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
