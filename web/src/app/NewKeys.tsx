import { useEffect } from "react";
import { api } from "../api/client";
import { explain, mayPass, words } from "../api/problem";
import { current } from "../api/session";
import type { ProblemBody } from "../api/shapes";
import { BATCH, type Batch, sealToNewKeys } from "./rewrap";

/** Work that nobody watches must not keep the records open: after so long it waits for the next unlock. */
const LONGEST = 10 * 60_000;

/** Unlocks in which it has been done: the old key is there until somebody retires it. */
const done = new Set<string>();

/** Seals records to the new key, unseen, while this unlock lasts; in one tab at a time. */
export function NewKeys({ unlock }: { unlock: string }) {
  useEffect(() => {
    if (done.has(unlock)) return;
    const stop = new AbortController();
    void inOneTab(stop.signal, async () => {
      const until = Date.now() + LONGEST;
      const mayGoOn = () => !stop.signal.aborted && isOpen(unlock) && Date.now() < until;
      if (await sealToNewKeys({ batch, pause: (failures) => pause(failures, stop.signal), mayGoOn })) done.add(unlock);
    });
    return () => stop.abort();
  }, [unlock]);
  return null;
}

function isOpen(unlock: string): boolean {
  const state = current();
  return state.phase === "in" && !state.asking && state.session.unlock?.id === unlock;
}

async function batch(): Promise<Batch> {
  try {
    const { data, error, response } = await api.POST("/v1/rewraps", { body: { limit: BATCH } });
    if (data) return { more: data.more };
    const refusal = words((error as ProblemBody | undefined) ?? { type: "", title: "", status: response.status });
    return mayPass(refusal) ? { again: true } : { stop: true };
  } catch (error) {
    return mayPass(explain(error)) ? { again: true } : { stop: true };
  }
}

/** A quarter of a second; after failures one second, two, four, up to a minute. */
function pause(failures: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, failures === 0 ? 250 : Math.min(60_000, 500 * 2 ** failures));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function inOneTab(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return work();
  // Another tab has it until it is closed; then this one goes on.
  await navigator.locks.request("safehold-new-keys", { signal }, work).catch(() => undefined);
}
