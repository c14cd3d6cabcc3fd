import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { ActionSummary } from "../../api/shapes";
import { Link } from "../../app/router";
import { useMember } from "../../app/session";
import { Chip } from "../../parts/Chip";
import { Icon } from "../../parts/Icon";
import { Card, Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { titles } from "../../words/en";
import { dashboard as text, holder } from "../../words/en.holder";
import { dateInFull, dayAndTime } from "../../words/when";
import { AlertRow } from "../alerts/row";
import { ConcernList, ConcernRow, Names } from "../concerns/summary";
import styles from "./dashboard.module.css";
import { KeyStanding } from "./key_standing";

/** What waits for me, what I have to do, what has arrived. */
export default function Dashboard() {
  const member = useMember();
  const dashboard = useQuery({
    queryKey: ["dashboard"],
    queryFn: () => ask(api.GET("/v1/dashboard")),
    refetchInterval: 60_000,
  });
  const data = dashboard.data;
  const first = member.name.split(" ")[0] ?? member.name;
  return (
    <Page
      title={titles.dashboard}
      heading={text.heading(first)}
      lead={data?.since ? text.since(dayAndTime(data.since)) : undefined}
      width="wide"
    >
      <KeyStanding />
      <Trouble error={dashboard.error} onRetry={() => void dashboard.refetch()} />
      {dashboard.isPending && <Loading />}
      {data && (
        <div className={styles.columns}>
          <div className={styles.alerts}>
            <Card
              tone="quiet"
              heading={
                <>
                  {text.alerts} <span className={styles.count}>{text.unread(data.alerts.unread)}</span>
                </>
              }
              actions={<Link href="/alerts">{text.allAlerts}</Link>}
            >
              {data.alerts.items.length === 0 ? (
                <Empty>{text.noAlerts}</Empty>
              ) : (
                <ConcernList>
                  {data.alerts.items.map((alert) => (
                    <AlertRow key={alert.id} alert={alert} />
                  ))}
                </ConcernList>
              )}
            </Card>
          </div>
          <div className={styles.side}>
            <Card heading={text.actions} actions={<Overdue count={data.overdue} />}>
              {data.my_actions.length === 0 ? (
                <p className={styles.meta}>{text.noActions}</p>
              ) : (
                <ul className={styles.actions}>
                  {data.my_actions.map((action) => (
                    <ActionRow key={action.id} action={action} />
                  ))}
                </ul>
              )}
            </Card>
          </div>
          <div className={styles.recent}>
            <Card tone="quiet" heading={text.recent} actions={<Link href="/concerns">{text.allConcerns}</Link>}>
              {data.recent.length === 0 ? (
                <Empty>{text.noRecent}</Empty>
              ) : (
                <ConcernList>
                  {data.recent.map((concern) => (
                    <ConcernRow key={concern.id} concern={concern} />
                  ))}
                </ConcernList>
              )}
            </Card>
          </div>
        </div>
      )}
    </Page>
  );
}

function Overdue({ count }: { count: number }) {
  if (count === 0) return <Chip tone="good">{text.noneOverdue}</Chip>;
  return (
    <Chip tone="danger">
      <Icon name="clock" size={14} />
      {text.overdue(count)}
    </Chip>
  );
}

function ActionRow({ action }: { action: ActionSummary }) {
  const late = action.overdue;
  return (
    <li>
      <Link className={styles.action} href={`/concerns/${action.concern}`}>
        <strong>{holder.kinds[action.kind]}</strong>
        <span>
          <Names pupils={action.pupils} />
        </span>
        {action.due_on && (
          <span className={late ? styles.late : styles.meta}>
            {late ? text.wasDue(dateInFull(action.due_on)) : text.due(dateInFull(action.due_on))}
          </span>
        )}
      </Link>
    </li>
  );
}
