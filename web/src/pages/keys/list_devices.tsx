import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { Device } from "../../api/shapes";
import { Link } from "../../app/router";
import { buttonLook } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { devices as text, titles } from "../../words/en";
import { dayAndTime, dayOf } from "../../words/when";
import styles from "./keys.module.css";

const TONES = { ungranted: "caution", granted: "good", suspended: "danger", revoked: "plain" } as const;

export function useDevices(poll = false) {
  return useQuery({
    queryKey: ["devices"],
    queryFn: () => ask(api.GET("/v1/devices")),
    refetchInterval: poll ? 2_500 : false,
    refetchIntervalInBackground: true,
  });
}

export default function ListDevices() {
  const devices = useDevices();
  const items = devices.data?.items ?? [];
  return (
    <Page
      title={titles.devices}
      heading={text.heading}
      lead={text.lead}
      actions={
        <Link className={buttonLook("main")} href="/key">
          {items.length > 0 ? text.addAnother : text.add}
        </Link>
      }
    >
      <Trouble error={devices.error} onRetry={() => void devices.refetch()} />
      {devices.isPending && <Loading />}
      {devices.isSuccess && items.length === 0 && <Empty>{text.none}</Empty>}
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </ul>
      )}
    </Page>
  );
}

export function DeviceRow({ device }: { device: Device }) {
  return (
    <li>
      <span className={styles.device}>
        <strong>{device.name}</strong>
        <span className={styles.meta}>
          {text.registered(dayOf(device.registered_at))} ·{" "}
          {device.last_seen_at ? text.lastSeen(dayAndTime(device.last_seen_at)) : text.neverSeen}
        </span>
      </span>
      <Chip tone={TONES[device.state]}>{text.state[device.state]}</Chip>
    </li>
  );
}
