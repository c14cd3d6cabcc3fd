import { Button } from "../parts/Button";
import { shortLook } from "../words/en.holder";
import { lockRecords } from "./LockButton";
import styles from "./OutboxBanner.module.css";

/** Says that a browser which is not known sees little, and how its owner changes that. */
export function ShortLook() {
  return (
    <div className={styles.banner} role="status">
      <p>
        <span>
          <strong>{shortLook.heading}</strong> {shortLook.how}
        </span>
        {/* A page whose records are locked asks to unlock them. */}
        <Button look="second" onClick={() => void lockRecords()}>
          {shortLook.again}
        </Button>
      </p>
    </div>
  );
}
