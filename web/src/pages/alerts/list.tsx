import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import { Button } from "../../parts/Button";
import { Tick } from "../../parts/Field";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { alerts as text } from "../../words/en.holder";
import { ConcernList } from "../concerns/summary";
import { AlertRow } from "./row";

export default function ListAlerts() {
  const [unread, setUnread] = useState(true);
  const alerts = useInfiniteQuery({
    queryKey: ["alerts", unread],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask(api.GET("/v1/alerts", { params: { query: { ...(unread ? { unread } : {}), after: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = alerts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={titles.alerts} heading={text.heading} lead={text.lead}>
      <Tick label={text.onlyUnread} checked={unread} onChange={(event) => setUnread(event.target.checked)} />
      <Trouble error={alerts.error} onRetry={() => void alerts.refetch()} />
      {alerts.isPending && <Loading />}
      {alerts.isSuccess && items.length === 0 && <Empty>{text.none}</Empty>}
      {items.length > 0 && (
        <ConcernList>
          {items.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </ConcernList>
      )}
      {alerts.hasNextPage && (
        <Button busy={alerts.isFetchingNextPage} onClick={() => void alerts.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}
