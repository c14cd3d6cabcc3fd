import { type ReactNode, type Ref, useEffect, useRef } from "react";
import { common } from "../words/en";
import styles from "./Page.module.css";

type Props = {
  /** The tab's title: what kind of page it is, never whose. */
  title: string;
  heading: ReactNode;
  lead?: ReactNode;
  width?: "narrow" | "normal" | "wide";
  aside?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
};

/** One page: names the tab, moves the focus to its heading, keeps a comfortable width. */
export function Page({ title, heading, lead, width = "normal", aside, actions, children }: Props) {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${common.product}`;
  }, [title]);
  useEffect(() => top.current?.focus({ preventScroll: true }), []);
  return (
    <div className={[styles.page, styles[width], aside && styles.withAside].filter(Boolean).join(" ")}>
      <header className={styles.top}>
        <div className={styles.heading}>
          <h1 ref={top} tabIndex={-1}>
            {heading}
          </h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={styles.body}>{children}</div>
      {aside && <aside className={styles.aside}>{aside}</aside>}
    </div>
  );
}

/** A surface that belongs together under one heading. */
export function Card({
  heading,
  actions,
  children,
  tone,
  headingRef,
}: {
  heading?: ReactNode;
  /** For who moves the focus there. */
  headingRef?: Ref<HTMLHeadingElement>;
  actions?: ReactNode;
  children?: ReactNode;
  tone?: "plain" | "quiet";
}) {
  return (
    <section className={[styles.card, tone === "quiet" && styles.quiet].filter(Boolean).join(" ")}>
      {heading && (
        <div className={styles.cardTop}>
          <h2 ref={headingRef} tabIndex={headingRef ? -1 : undefined}>
            {heading}
          </h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

/** Nothing here, and what that means. */
export function Empty({ children, hint }: { children: ReactNode; hint?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p>{children}</p>
      {hint && <p className={styles.hint}>{hint}</p>}
    </div>
  );
}

export function Loading() {
  return (
    <p className={styles.loading} role="status">
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span className="visually-hidden">{common.loading}</span>
    </p>
  );
}
