import { useState } from "react";
import { common } from "../words/en";
import { Button } from "./Button";
import styles from "./CopyLink.module.css";

/** A link as text that can be selected, and a button that copies it. */
export function CopyLink({ link }: { link: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      setTimeout(() => setCopied(false), 3_000);
    } catch {
      // The text stands beside the button and can be copied by hand.
    }
  };
  return (
    <div className={styles.row}>
      <code className={styles.link} tabIndex={0}>
        {link}
      </code>
      <Button onClick={() => void copy()}>
        <span aria-live="polite">{copied ? common.copied : common.copy}</span>
      </Button>
    </div>
  );
}
