/**
 * "Hide the screen": one key, and nothing of a record is in sight.
 *
 * The page behind is not drawn at all (`hidden`), so neither a glance, the tab's title nor the
 * system's window list shows it; what was typed stays where it is.
 */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "../parts/Button";
import { hidden as text } from "../words/en";
import styles from "./hide.module.css";

let isHidden = false;
const listeners = new Set<() => void>();
const DOUBLE = 700; // milliseconds between the two presses of Escape

export function hideScreen(hide: boolean): void {
  isHidden = hide;
  for (const listener of listeners) listener();
}

export function useHidden(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isHidden,
  );
}

/** Listens for F9 and for Escape pressed twice, before any field or dialog may take them. */
export function useHideKeys(): void {
  useEffect(() => {
    let lastEscape = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F9" && !event.repeat) {
        event.preventDefault();
        hideScreen(!isHidden);
      } else if (event.key === "Escape" && !event.repeat) {
        if (event.timeStamp - lastEscape < DOUBLE) hideScreen(true);
        lastEscape = event.timeStamp;
      }
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** The neutral page: a clock. */
export function HiddenScreen() {
  const [now, setNow] = useState(() => new Date());
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.title;
    document.title = text.title;
    button.current?.focus();
    const tick = setInterval(() => setNow(new Date()), 5_000);
    return () => {
      clearInterval(tick);
      document.title = before;
    };
  }, []);
  return (
    <main className={styles.page}>
      <h1 className={styles.clock}>{clock.format(now)}</h1>
      <p className={styles.day}>{day.format(now)}</p>
      <Button ref={button} look="quiet" onClick={() => hideScreen(false)}>
        {text.show}
      </Button>
    </main>
  );
}
