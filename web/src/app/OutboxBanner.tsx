import { Button } from "../parts/Button";
import { record } from "../words/en";
import { sendNow, useDesk, useOutbox } from "./outbox";
import { Link, usePath } from "./router";
import { useMember } from "./session";
import styles from "./OutboxBanner.module.css";

/** Wherever one is: that something waits to be sent, or came back. */
export function OutboxBanner() {
  const path = usePath();
  const desk = useDesk(useMember().id);
  const { parcels } = useOutbox(desk?.outbox);
  const waiting = parcels.filter((parcel) => !parcel.receipt && !parcel.refusal).length;
  const refused = parcels.some((parcel) => parcel.refusal);
  if (path === "/record" || (waiting === 0 && !refused)) return null;
  return (
    <div className={styles.banner} role="status">
      {waiting > 0 && (
        <p>
          {record.banner.waiting(waiting)}{" "}
          <Button look="quiet" onClick={sendNow}>
            {record.waiting.next}
          </Button>
        </p>
      )}
      {refused && (
        <p>
          {record.banner.refused} <Link href="/record">{record.banner.look}</Link>
        </p>
      )}
    </div>
  );
}
