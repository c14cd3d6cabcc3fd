import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { Device } from "../../api/shapes";
import { Link } from "../../app/router";
import { Button, buttonLook } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Notice } from "../../parts/Notice";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { titles } from "../../words/en";
import { devices as text, lostDevice } from "../../words/en.keys";
import { dayAndTime, dayOf } from "../../words/when";
import styles from "./keys.module.css";
import { LoseDevice } from "./lose_device";

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
  const [losing, setLosing] = useState<Device>();
  const lost = losing && items.find((device) => device.id === losing.id)?.lost_at;
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
      {lost && (
        <Notice tone="good" live>
          {lostDevice.done}
        </Notice>
      )}
      {losing && !lost && <LoseDevice device={losing} onCancel={() => setLosing(undefined)} />}
      {devices.isPending && <Loading />}
      {devices.isSuccess && items.length === 0 && <Empty>{text.none}</Empty>}
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map((device) => (
            <DeviceRow key={device.id} device={device} onLose={() => setLosing(device)} />
          ))}
        </ul>
      )}
    </Page>
  );
}

/** A device, and the way to shut it out where it could still open anything. */
export function DeviceRow({ device, onLose }: { device: Device; onLose?: () => void }) {
  return (
    <li>
      <span className={styles.device}>
        <strong>{device.name}</strong>
        <span className={styles.meta}>
          {text.registered(dayOf(device.registered_at))} ·{" "}
          {device.last_seen_at ? text.lastSeen(dayAndTime(device.last_seen_at)) : text.neverSeen}
          {device.lost_at && <> · {lostDevice.lostOn(dayAndTime(device.lost_at))}</>}
        </span>
      </span>
      {onLose && !device.lost_at && device.state !== "revoked" && (
        <Button look="quiet" aria-label={`${lostDevice.open}: ${device.name}`} onClick={onLose}>
          {lostDevice.open}
        </Button>
      )}
      <Chip tone={TONES[device.state]}>{text.state[device.state]}</Chip>
    </li>
  );
}
