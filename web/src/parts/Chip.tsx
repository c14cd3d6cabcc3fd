import type { ReactNode } from "react";
import styles from "./Chip.module.css";

/** A marker with words. The tone supports them; it never stands for them. */
export function Chip({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "accent" | "good" | "caution" | "danger";
  children: ReactNode;
}) {
  return <span className={[styles.chip, styles[tone]].join(" ")}>{children}</span>;
}

/** A category's chip: its colour is a dot with an edge, its name is the message. */
export function CategoryChip({ name, colour }: { name: string; colour: string }) {
  return (
    <span className={[styles.chip, styles.plain].join(" ")}>
      <Dot colour={colour} />
      {name}
    </span>
  );
}

export function Dot({ colour }: { colour: string }) {
  const safe = /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#867a69";
  return (
    <svg className={styles.dot} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <circle cx="6" cy="6" r="5" fill={safe} />
    </svg>
  );
}
