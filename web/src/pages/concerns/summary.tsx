import type { ReactNode } from "react";
import type { ConcernPupil, ConcernSummary } from "../../api/shapes";
import { Link } from "../../app/router";
import { CategoryChip, Chip } from "../../parts/Chip";
import { Icon } from "../../parts/Icon";
import { holder as text } from "../../words/en.holder";
import { dayAndTime, dayOf, startsSentence } from "../../words/when";
import styles from "./summary.module.css";

const TONES = { new: "accent", open: "caution", closed: "plain" } as const;

export function StatusChip({ status }: { status: ConcernSummary["status"] }) {
  return <Chip tone={TONES[status]}>{text.status[status]}</Chip>;
}

export function UrgentChip() {
  return (
    <Chip tone="danger">
      <Icon name="urgent" size={14} />
      {text.urgent}
    </Chip>
  );
}

/** The names, each with what it has to do with the concern unless it is simply the one concerned. */
export function Names({ pupils }: { pupils: ConcernPupil[] }) {
  if (pupils.length === 0) return <>{text.nobody}</>;
  return (
    <>
      {pupils.map((pupil, index) => (
        <span key={pupil.id ?? index}>
          {index > 0 && ", "}
          {pupil.name}
          {pupil.role !== "subject" && <span className={styles.role}> ({text.roles[pupil.role]})</span>}
        </span>
      ))}
    </>
  );
}

/** Concerns as a list, each one link. */
export function ConcernList({ children }: { children: ReactNode }) {
  return <ul className={styles.list}>{children}</ul>;
}

export function ConcernRow({
  concern,
  mark,
  onFollow,
}: {
  concern: ConcernSummary;
  mark?: ReactNode;
  onFollow?: () => void;
}) {
  return (
    <li className={styles.row} data-unread={concern.read ? undefined : ""}>
      <Link className={styles.link} href={`/concerns/${concern.id}`} onClick={onFollow}>
        <span className={styles.top}>
          <span className={styles.names}>
            {!concern.read && <span className={styles.unread} role="img" aria-label={text.unread} />}
            <Names pupils={concern.pupils} />
          </span>
          <span className={styles.when}>{startsSentence(dayAndTime(concern.received_at))}</span>
        </span>
        <span className={styles.chips}>
          {concern.urgent && <UrgentChip />}
          {mark}
          <StatusChip status={concern.status} />
          {concern.categories.map((category) => (
            <CategoryChip key={category.id} name={category.name} colour={category.colour} />
          ))}
        </span>
        <span className={styles.meta}>
          {text.by} {concern.author?.name ?? text.nobodyKnown}
          {concern.occurred_at && ` · ${text.happened.toLowerCase()} ${dayOf(concern.occurred_at)}`}
          {concern.attachments > 0 && ` · ${text.files(concern.attachments)}`}
          {concern.outstanding_actions > 0 && ` · ${text.actionsLeft(concern.outstanding_actions)}`}
        </span>
      </Link>
    </li>
  );
}
