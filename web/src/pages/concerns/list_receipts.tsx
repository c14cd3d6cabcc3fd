import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { Receipt } from "../../api/shapes";
import { Link } from "../../app/router";
import { Button, buttonLook } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Icon } from "../../parts/Icon";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { receipts as text } from "../../words/en.member";
import { dayAndTime, startsSentence } from "../../words/when";
import { StatusChip } from "./receipt_status";
import styles from "./receipts.module.css";

/** One's own receipts: numbers and words of state, never what was written. */
export default function ListReceipts() {
  const receipts = useInfiniteQuery({
    queryKey: ["receipts"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(api.GET("/v1/receipts", { params: { query: { after: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = receipts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={titles.receipts} heading={text.heading} lead={text.lead}>
      <Trouble error={receipts.error} onRetry={() => void receipts.refetch()} />
      {receipts.isPending && <Loading />}
      {receipts.isSuccess && items.length === 0 && (
        <>
          <Empty hint={text.noneHint}>{text.none}</Empty>
          <p>
            <Link className={buttonLook("main")} href="/record">
              {titles.record}
            </Link>
          </p>
        </>
      )}
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map((receipt) => (
            <Row key={receipt.id} receipt={receipt} />
          ))}
        </ul>
      )}
      {receipts.hasNextPage && (
        <Button busy={receipts.isFetchingNextPage} onClick={() => void receipts.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}

function Row({ receipt }: { receipt: Receipt }) {
  return (
    <li>
      <Link className={styles.row} href={`/receipts/${receipt.id}`}>
        <span className={styles.what}>
          <span className={styles.reference}>{receipt.reference}</span>
          <span className={styles.meta}>
            {startsSentence(dayAndTime(receipt.received_at))}
            {receipt.attachments > 0 && ` · ${text.files(receipt.attachments)}`}
          </span>
        </span>
        <span className={styles.marks}>
          {receipt.unread_replies > 0 && (
            <Chip tone="accent">
              <Icon name="reply" size={14} />
              {text.newReply(receipt.unread_replies)}
            </Chip>
          )}
          {receipt.unread_replies === 0 && receipt.replies > 0 && <Chip>{text.replied}</Chip>}
          <StatusChip status={receipt.status} />
        </span>
        <Icon name="right" />
      </Link>
    </li>
  );
}
