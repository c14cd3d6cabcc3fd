import { useEffect, useState } from "react";
import { isAttended } from "../api/attended";
import { api } from "../api/client";
import { current, dropUnlock, idleUntil, mint, tellOtherTabs, unusedFor } from "../api/session";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { shell } from "../words/en";
import { left } from "../words/when";
import { queries } from "./queries";
import styles from "./LockButton.module.css";

/** Shuts the records here, on the server and in the other tabs. What was read leaves the memory. */
export async function lockRecords(): Promise<void> {
  const locked = api.DELETE("/v1/unlock").catch(() => undefined);
  dropUnlock();
  queries.clear();
  await locked;
  await mint();
  tellOtherTabs();
}

const SAY_USE_EVERY = 60_000; // milliseconds

/** The lock, with the time until it falls by itself. At nought the server decides; unheard, it is shut. */
export function LockButton({ compact }: { compact?: boolean }) {
  const [now, setNow] = useState(() => Date.now());
  const until = idleUntil();
  useEffect(() => {
    const tick = setInterval(() => {
      setNow(Date.now());
      const end = idleUntil();
      if (end !== undefined && end <= Date.now()) {
        void fallShut();
      } else if (isAttended() && unusedFor() > SAY_USE_EVERY) {
        // Who reads or types asks the server for nothing: it is told by asking what waits.
        void queries.refetchQueries({ queryKey: ["me"] }, { cancelRefetch: false });
      }
    }, 1_000);
    return () => clearInterval(tick);
  }, []);
  const remaining = until === undefined ? undefined : left(until - now);
  return (
    <Button
      look="second"
      wide={!compact}
      onClick={() => void lockRecords()}
      title={remaining && shell.lockedIn(remaining)}
    >
      <Icon name="lock" />
      <span>{shell.lock}</span>
      {remaining && <span className={styles.left}>{remaining}</span>}
    </Button>
  );
}

let falling = false;

async function fallShut(): Promise<void> {
  if (falling) return;
  falling = true;
  const answer = await mint();
  const stillOpen = "session" in answer && answer.session.level === "unlocked" && (idleUntil() ?? 0) > Date.now();
  if (!stillOpen) {
    if (current().phase === "in") dropUnlock();
    queries.clear();
    tellOtherTabs();
  }
  falling = false;
}
