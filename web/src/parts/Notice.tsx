import { type ReactNode, useEffect, useRef } from "react";
import type { Refusal } from "../api/problem";
import { common } from "../words/en";
import styles from "./Notice.module.css";

type Tone = "plain" | "good" | "caution" | "danger";

/** A sentence or two that must not be missed; each tone has its own sign, so colour is never alone. */
export function Notice({
  tone = "plain",
  heading,
  children,
  live,
}: {
  tone?: Tone;
  heading?: ReactNode;
  children?: ReactNode;
  live?: boolean;
}) {
  return (
    <div
      className={[styles.notice, styles[tone]].join(" ")}
      role={live ? (tone === "danger" ? "alert" : "status") : undefined}
    >
      <Sign tone={tone} />
      <div className={styles.words}>
        {heading && <p className={styles.heading}>{heading}</p>}
        {typeof children === "string" ? <p>{children}</p> : children}
      </div>
    </div>
  );
}

function Sign({ tone }: { tone: Tone }) {
  const path = {
    plain: "M12 11v5m0-8.5v.01",
    good: "M7.5 12.5l3 3 6-7",
    caution: "M12 7.5v5.5m0 3.2v.01",
    danger: "M12 7.5v5.5m0 3.2v.01",
  }[tone];
  return (
    <svg className={styles.sign} viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      {tone === "caution" || tone === "danger" ? (
        <path d="M12 2.8 22 20.5H2z" strokeLinejoin="round" className={styles.outline} />
      ) : (
        <circle cx="12" cy="12" r="9.5" className={styles.outline} />
      )}
      <path d={tone === "caution" || tone === "danger" ? "M12 9v5m0 3v.01" : path} className={styles.stroke} />
    </svg>
  );
}

/** What was refused, at the top of a form, with a way to each field that is meant. */
export function ErrorSummary({ refusal, fields }: { refusal: Refusal | undefined; fields?: Record<string, string> }) {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal) top.current?.focus();
  }, [refusal]);
  if (!refusal) return null;
  const links = Object.entries(refusal.fields).filter(([name]) => fields?.[name]);
  return (
    <div ref={top} tabIndex={-1} role="alert" className={[styles.notice, styles.danger].join(" ")}>
      <Sign tone="danger" />
      <div className={styles.words}>
        {links.length > 0 && <p className={styles.heading}>{common.thereIsAProblem}</p>}
        {links.length === 0 && <p>{refusal.words}</p>}
        {links.length > 0 && (
          <ul className={styles.links}>
            {links.map(([name, said]) => (
              <li key={name}>
                <a
                  href={`#${fields?.[name]}`}
                  onClick={(event) => {
                    event.preventDefault();
                    const field = document.getElementById(fields?.[name] ?? "");
                    field?.scrollIntoView({ block: "center" });
                    field?.focus();
                  }}
                >
                  {said}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
