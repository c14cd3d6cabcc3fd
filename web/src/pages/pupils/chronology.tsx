import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { ChronologyEntry } from "../../api/shapes";
import { Link } from "../../app/router";
import { Button } from "../../parts/Button";
import { CategoryChip, Chip } from "../../parts/Chip";
import { Empty, Loading } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common } from "../../words/en";
import { holder, pupils as text } from "../../words/en.holder";
import { dayAndTime, dayOf, startsSentence, timeOf } from "../../words/when";
import { StatusChip } from "../concerns/summary";
import styles from "./pupils.module.css";

const HOUR = 3_600_000;

/** Everything about one pupil in the order it happened, the latest first, with both dates. */
export function Chronology({ pupil }: { pupil: string }) {
  const query = useInfiniteQuery({
    queryKey: ["pupils", pupil, "chronology"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask(api.GET("/v1/pupils/{pupil}/chronology", { params: { path: { pupil }, query: { after: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Trouble error={query.error} onRetry={() => void query.refetch()} />
      {query.isPending && <Loading />}
      {query.isSuccess && items.length === 0 && <Empty>{text.noEntries}</Empty>}
      <ol className={styles.timeline}>
        {items.map((entry, index) => (
          <Entry key={`${entry.kind} ${entry.concern} ${entry.recorded_at} ${index}`} entry={entry} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </>
  );
}

function Entry({ entry }: { entry: ChronologyEntry }) {
  const apart = Date.parse(entry.recorded_at) - Date.parse(entry.occurred_at);
  const also = entry.others.map(({ name, role }) => (role === "subject" ? name : `${name} (${holder.roles[role]})`));
  return (
    <li className={styles.entry} data-kind={entry.kind}>
      <div className={styles.when}>
        <strong>{startsSentence(dayOf(entry.occurred_at))}</strong>
        <span>{timeOf(entry.occurred_at)}</span>
      </div>
      <article className={styles.card}>
        <div className={styles.chips}>
          <Chip tone={entry.kind === "concern" ? "accent" : "plain"}>{text.entry[entry.kind]}</Chip>
          {entry.role && entry.role !== "subject" && <Chip tone="caution">{holder.roles[entry.role]}</Chip>}
          {entry.kind === "concern" && entry.status && <StatusChip status={entry.status} />}
          {entry.categories.map((category) => (
            <CategoryChip key={category.id} name={category.name} colour={category.colour} />
          ))}
        </div>
        <p className={styles.text}>{entry.text}</p>
        {also.length > 0 && <p className={styles.meta}>{text.also(also.join(", "))}</p>}
        <p className={styles.meta}>
          {entry.author?.name ?? holder.nobodyKnown} ·{" "}
          <span className={apart > HOUR ? styles.late : undefined}>
            {text.recordedLater(dayAndTime(entry.recorded_at))}
          </span>
        </p>
        <p>
          <Link href={`/concerns/${entry.concern}`}>{text.openConcern}</Link>
        </p>
      </article>
    </li>
  );
}
