/** The outbox and the draft store of whoever is signed in, one of each a tab. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../api/client";
import { explain, mayPass, words } from "../api/problem";
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

export type Desk = { store: DraftStore | undefined; outbox: Outbox | undefined; ready: boolean };

let desk: { member: string; opening: Promise<Desk> } | undefined;

/** Without storage (a private window) there is still an outbox; it lives as long as the tab. */
function open(member: string): Promise<Desk> {
  if (desk?.member === member) return desk.opening;
  const opening = DraftStore.open(member)
    .then(async (store) => {
      const outbox = new Outbox(store, carrier);
      await outbox.resume().catch(() => undefined);
      resumeWithEachLook(outbox);
      return { store, outbox, ready: true };
    })
    .catch(() => ({ store: undefined, outbox: new Outbox(NO_STORE, carrier), ready: true }));
  desk = { member, opening };
  return opening;
}

/** What another tab was sending when it was closed goes on in this one. */
function resumeWithEachLook(outbox: Outbox): void {
  const resume = () => void outbox.resume().catch(() => undefined);
  window.addEventListener("online", resume);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && resume());
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

export function useDesk(member: string): Desk {
  const [opened, setOpened] = useState<Desk>({ store: undefined, outbox: undefined, ready: false });
  useEffect(() => {
    let here = true;
    void open(member).then((now) => here && setOpened(now));
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
