import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Alert } from "../../api/shapes";
import { Chip } from "../../parts/Chip";
import { alerts as text } from "../../words/en.holder";
import { ConcernRow } from "../concerns/summary";

/** An alert as the concern it is about, with why it came. Following it marks it as read. */
export function AlertRow({ alert }: { alert: Alert }) {
  const client = useQueryClient();
  const markRead = () => {
    if (alert.read_at) return;
    void api
      .POST("/v1/alerts/{id}/read", { params: { path: { id: alert.id } } })
      .then(() => {
        void client.invalidateQueries({ queryKey: ["alerts"] });
        void client.invalidateQueries({ queryKey: ["dashboard"] });
      })
      .catch(() => undefined);
  };
  return (
    <ConcernRow
      concern={{ ...alert.concern, read: Boolean(alert.read_at) }}
      mark={<Chip>{text.reason[alert.reason]}</Chip>}
      onFollow={markRead}
    />
  );
}
