import { type ReactNode, useState } from "react";
import { Icon } from "./Icon";
import styles from "./More.module.css";

/** What not everybody needs, behind one press. It stays as its reader left it; `open` opens it once. */
export function More({
  heading,
  hint,
  open = false,
  children,
}: {
  heading: ReactNode;
  hint?: ReactNode;
  open?: boolean;
  children: ReactNode;
}) {
  const [chosen, setChosen] = useState(open);
  const [wanted, setWanted] = useState(open);
  if (open !== wanted) {
    setWanted(open);
    // What has something in it opens; emptying a field does not shut it under its writer's hands.
    if (open) setChosen(true);
  }
  return (
    <details
      className={styles.more}
      open={chosen || undefined}
      onToggle={(event) => setChosen(event.currentTarget.open)}
    >
      <summary>
        <span>
          {heading}
          {hint && <span className={styles.hint}>{hint}</span>}
        </span>
        <Icon name="right" />
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
