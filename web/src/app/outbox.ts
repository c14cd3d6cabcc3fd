/** The outbox and the draft store of whoever is signed in, one of each a tab. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../api/client";
import { explain, mayPass, words } from "../api/problem";
import { current, subscribe } from "../api/session";
import type { ProblemBody } from "../api/shapes";
import { upload } from "../api/upload";
import { type Carrier, Outbox, type Progress } from "../drafts/outbox";
import { DraftStore } from "../drafts/store";

const carrier: Carrier = {
  async post(body, key) {
    try {
      const { data, error, response } = await api.POST("/v1/concerns", {
        params: { header: { "Idempotency-Key": key } },
        body,
      });
      if (data) return { receipt: data };
      const refusal = words((error as ProblemBody | undefined) ?? { type: "", title: "", status: response.status });
      // Somebody who turned the sign-in away did not mean the concern to be thrown away with it.
      const again = mayPass(refusal) || refusal.status === 401 || refusal.slug === "school-not-open";
      return again ? { again: true, why: refusal.words } : { refusal };
    } catch (error) {
      const refusal = explain(error);
      return mayPass(refusal) ? { again: true } : { refusal };
    }
  },
  async upload(concern, file, key, progress) {
    const answer = await upload({
      path: `/v1/concerns/${concern}/attachments`,
      file,
      idempotencyKey: key,
      onProgress: progress,
    });
    if (answer.ok) return { sent: true };
    const again = mayPass(answer.refusal) || answer.refusal.status === 401;
    return again ? { again: true } : { refusal: answer.refusal };
  },
  /** Waits two seconds, then four, up to a minute; or until the browser says that it is back. */
  pause: (attempt) =>
    new Promise((resolve) => {
      const timer = setTimeout(end, Math.min(60_000, 1_000 * 2 ** attempt));
      function end() {
        clearTimeout(timer);
        window.removeEventListener("online", end);
        window.removeEventListener("safehold:send-now", end);
        resolve();
      }
      window.addEventListener("online", end);
      window.addEventListener("safehold:send-now", end);
    }),
};

/** Cuts the present pause short. */
export function sendNow(): void {
  window.dispatchEvent(new Event("safehold:send-now"));
}

export type Desk = { store: DraftStore | undefined; outbox: Outbox };

let desk: { member: string; opening: Promise<Desk> } | undefined;

/** The one desk of this tab. Without storage (a private window) its outbox lives as long as the tab. */
export function deskOf(member: string): Promise<Desk> {
  if (desk?.member !== member) desk = { member, opening: open(member) };
  return desk.opening;
}

async function open(member: string): Promise<Desk> {
  const store = await DraftStore.open(member).catch(() => undefined);
  const outbox = new Outbox(store ?? NO_STORE, carrier);
  await outbox.resume().catch(() => undefined);
  follow(outbox);
  return { store, outbox };
}

/** What another tab was sending when it was closed goes on in this one, for as long as its writer is signed in. */
function follow(outbox: Outbox): void {
  let here = true;
  const resume = () => void (here && outbox.resume().catch(() => undefined));
  window.addEventListener("online", resume);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && resume());
  const look = () => {
    if (here === (current().phase === "in")) return;
    here = !here;
    if (here) resume();
    else void outbox.stop();
  };
  subscribe(look);
  look();
}

const unavailable = () => Promise.reject(new Error("no storage"));
const NO_STORE = {
  put: unavailable,
  get: () => Promise.resolve(undefined),
  putFile: unavailable,
  getFile: () => Promise.resolve(undefined),
  names: () => Promise.resolve([]),
  remove: () => Promise.resolve(),
  close: () => undefined,
} as unknown as DraftStore;

/** Nothing until it is known what an earlier visit left. */
export function useDesk(member: string): Desk | undefined {
  const [opened, setOpened] = useState<Desk>();
  useEffect(() => {
    let here = true;
    void deskOf(member).then((now) => here && setOpened(now));
    return () => {
      here = false;
    };
  }, [member]);
  return opened;
}

const NOTHING: Progress = { parcels: [], parts: {}, trying: false };
const never = () => () => undefined;

export function useOutbox(outbox: Outbox | undefined): Progress {
  return useSyncExternalStore(outbox?.subscribe ?? never, outbox?.current ?? (() => NOTHING));
}
