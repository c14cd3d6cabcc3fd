import { useEffect, useState } from "react";
import type { Enrolment } from "../../api/shapes";
import { Button } from "../../parts/Button";
import { CopyLink } from "../../parts/CopyLink";
import { Notice } from "../../parts/Notice";
import { Qr } from "../../parts/Qr";
import { devices as text } from "../../words/en.keys";
import { left } from "../../words/when";
import styles from "./keys.module.css";

/** A code for the app: to scan, to copy, with the time that it is still good for. */
export function EnrolmentCode({
  enrolment,
  onRenew,
  busy,
}: {
  enrolment: Enrolment;
  onRenew: () => void;
  busy?: boolean;
}) {
  const remaining = useRemaining(enrolment.expires_at);
  if (remaining <= 0) {
    return (
      <div className={styles.code}>
        <Notice tone="caution" live>
          {text.expired}
        </Notice>
        <Button look="main" busy={busy ?? false} onClick={onRenew}>
          {text.renew}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.code}>
      <h2>{text.scan}</h2>
      <Qr text={enrolment.link} label={text.qr} />
      <p className={styles.meta}>
        {text.scanHint} <span role="timer">{text.expiresIn(left(remaining))}</span>
      </p>
      <p>{text.sameDevice}</p>
      <CopyLink link={enrolment.link} />
    </div>
  );
}

/** Milliseconds until `instant`, counted down each second. */
export function useRemaining(instant: string): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(tick);
  }, []);
  return Date.parse(instant) - now;
}
