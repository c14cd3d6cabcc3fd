/**
 * Concerns on their way: sent once, however often the connection breaks.
 *
 * ```text
 * waiting ──► sending ──► sent (files follow) ──► done
 *    ▲           │ └────► refused   (back to the person who wrote it)
 *    └───────────┘ no connection, server busy: again after a while
 * ```
 *
 * A parcel is written to the draft store before the first attempt, with the idempotency key and the
 * very body that is sent, so a closed tab or a flat battery changes nothing: the next sign-in on this
 * device goes on from where it stood, and the server answers a repetition with the first receipt.
 * Each parcel is sent by one tab, which holds it until it has arrived.
 */
import type { Refusal } from "../api/problem";
import type { Receipt, RecordConcern } from "../api/shapes";
import { hold as holdName } from "./hold";
import type { DraftStore } from "./store";

/** `gone`: this browser has lost it. */
export type FileState = "waiting" | "sending" | "sent" | "refused" | "gone";
export type ParcelFile = {
  id: string;
  name: string;
  type: string;
  size: number;
  state: FileState;
  words?: string;
};
export type Parcel = {
  id: string;
  body: RecordConcern;
  key: string;
  files: ParcelFile[];
  /** Why it waits, where that is not the connection. */
  why?: string | undefined;
  /** This browser has no room for it: it is sent from this page or not at all. */
  onlyHere?: boolean;
  /** The form as it was typed, for the day it comes back. */
  form?: unknown;
  receipt?: Receipt;
  refusal?: Refusal;
};

export type Outcome = { receipt: Receipt } | { again: true; why?: string | undefined } | { refusal: Refusal };
export type FileOutcome = { sent: true } | { again: true } | { refusal: Refusal };

/** How the outbox reaches the world; the tests give it another. */
export type Carrier = {
  post: (body: RecordConcern, key: string) => Promise<Outcome>;
  upload: (concern: string, file: File, key: string, progress: (part: number) => void) => Promise<FileOutcome>;
  pause: (attempt: number) => Promise<void>;
};

export type Progress = { parcels: Parcel[]; parts: Record<string, number>; trying: boolean };

export class Outbox {
  private parcels: Parcel[] = [];
  private parts: Record<string, number> = {};
  private running = false;
  private round: Promise<boolean> | undefined;
  private stopped = false;
  private snapshot: Progress = { parcels: [], parts: {}, trying: false };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: DraftStore,
    private readonly carrier: Carrier,
    private readonly hold = holdName,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): Progress => this.snapshot;

  /** Takes up what an earlier visit, or a tab that is closed, has left, and sends it. */
  async resume(): Promise<void> {
    this.stopped = false;
    for (const { id } of (await this.store.names("parcel:")).reverse()) await this.takeUp(id);
    this.tell();
    void this.run();
  }

  private async takeUp(id: string): Promise<void> {
    const release = await this.hold(id);
    if (!release) return; // another tab sends it
    const parcel = await this.store.get<Parcel>(id).catch(() => undefined);
    if (!parcel || this.parcels.some((one) => one.id === parcel.id)) return release();
    for (const file of parcel.files) if (file.state === "sending") file.state = "waiting";
    this.releases.set(parcel.id, release);
    this.parcels.push(parcel);
  }

  /** Keeps the parcel and its files on the device, all of it or none, then begins to send. Whether it is kept. */
  async add(parcel: Parcel, files: Map<string, Blob>): Promise<boolean> {
    const name = `parcel:${parcel.id}`;
    this.held.set(parcel.id, files);
    const release = await this.hold(name);
    if (release) this.releases.set(parcel.id, release);
    try {
      for (const [id, blob] of files) await this.store.putFile(`${name}/${id}`, blob);
      await this.store.put(name, parcel);
    } catch {
      parcel.onlyHere = true;
      await this.store.remove(name).catch(() => undefined);
    }
    this.parcels.push(parcel);
    this.tell();
    void this.run();
    return !parcel.onlyHere;
  }

  /** The files of a refused parcel, for its writer to mend it. */
  async filesOf(id: string): Promise<Map<string, Blob>> {
    const files = new Map<string, Blob>();
    for (const file of this.parcels.find((parcel) => parcel.id === id)?.files ?? []) {
      const bytes = await this.bytesOf(id, file.id);
      if (bytes) files.set(file.id, new Blob([bytes], { type: file.type }));
    }
    return files;
  }

  /** Forgets a parcel: its writer has it back. */
  async drop(id: string): Promise<void> {
    this.parcels = this.parcels.filter((parcel) => parcel.id !== id);
    await this.letGo(id);
    this.tell();
  }

  /**
   * Its writer has signed out: what is kept is left to whichever tab they sign in to next, this one or another,
   * once what is under way has ended. What is only in this page stays in it.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.round;
    if (!this.stopped) return; // they are back
    this.parcels = this.parcels.filter((parcel) => parcel.onlyHere);
    for (const [id, release] of this.releases) {
      if (this.parcels.some((parcel) => parcel.id === id)) continue;
      this.releases.delete(id);
      this.held.delete(id);
      release();
    }
    this.tell();
  }

  /** Files of this visit, so that a browser without storage can still send them. */
  private readonly held = new Map<string, Map<string, Blob>>();
  private readonly releases = new Map<string, () => void>();

  /** Sends all that waits, in order; a second call while one runs is the same run. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let attempt = 0; !this.stopped;) {
      const before = this.left();
      if (before === 0) break;
      this.tell(true);
      this.round = this.oneRound().catch(() => true);
      const wait = await this.round;
      this.tell(false);
      if (!wait) continue;
      attempt = this.left() < before ? 0 : attempt + 1;
      await this.carrier.pause(attempt);
    }
    this.running = false;
    this.tell(false);
  }

  private left(): number {
    const files = (parcel: Parcel) => parcel.files.filter((file) => file.state === "waiting").length;
    return this.parcels
      .filter((parcel) => !parcel.refusal)
      .reduce((sum, parcel) => sum + (parcel.receipt ? 0 : 1) + files(parcel), 0);
  }

  /** One go at everything; true if something has to wait. */
  private async oneRound(): Promise<boolean> {
    let wait = false;
    for (const parcel of [...this.parcels]) {
      if (parcel.refusal) continue;
      if (!parcel.receipt) {
        const outcome = await this.carrier.post(parcel.body, parcel.key);
        if ("again" in outcome) {
          parcel.why = outcome.why;
          wait = true;
          continue;
        }
        if ("refusal" in outcome) parcel.refusal = outcome.refusal;
        else parcel.receipt = outcome.receipt;
        await this.keep(parcel);
        this.tell();
        if (parcel.refusal) continue;
      }
      wait = (await this.sendFiles(parcel)) || wait;
      if (parcel.files.every((file) => file.state !== "waiting" && file.state !== "sending")) {
        await this.letGo(parcel.id);
        // What was refused stays in view until the page goes; what arrived needs no more attention.
      }
    }
    return wait;
  }

  private async sendFiles(parcel: Parcel): Promise<boolean> {
    const concern = parcel.receipt?.id;
    if (!concern) return false;
    let wait = false;
    for (const file of parcel.files) {
      if (file.state !== "waiting") continue;
      let bytes: BlobPart | undefined;
      try {
        bytes = await this.bytesOf(parcel.id, file.id);
      } catch {
        // The store does not answer: a phone's does so after a night in a pocket.
        wait = true;
        continue;
      }
      if (!bytes) {
        file.state = "gone";
        continue;
      }
      file.state = "sending";
      this.tell();
      const sent = await this.carrier.upload(
        concern,
        new File([bytes], file.name, { type: file.type }),
        file.id,
        (part) => {
          this.parts[file.id] = part;
          this.tell();
        },
      );
      if ("again" in sent) {
        file.state = "waiting";
        wait = true;
      } else if ("refusal" in sent) {
        file.state = "refused";
        file.words = sent.refusal.words;
      } else {
        file.state = "sent";
      }
      await this.keep(parcel);
      this.tell();
    }
    return wait;
  }

  private async bytesOf(parcel: string, file: string): Promise<BlobPart | undefined> {
    return this.held.get(parcel)?.get(file) ?? (await this.store.getFile(`parcel:${parcel}/${file}`));
  }

  private async letGo(id: string): Promise<void> {
    this.held.delete(id);
    await this.store.remove(`parcel:${id}`).catch(() => undefined);
    this.releases.get(id)?.();
    this.releases.delete(id);
  }

  private async keep(parcel: Parcel): Promise<void> {
    if (!parcel.onlyHere) await this.store.put(`parcel:${parcel.id}`, parcel).catch(() => undefined);
  }

  private tell(trying = this.snapshot.trying): void {
    const copy = (parcel: Parcel) => ({ ...parcel, files: parcel.files.map((file) => ({ ...file })) });
    this.snapshot = { parcels: this.parcels.map(copy), parts: { ...this.parts }, trying };
    for (const listener of this.listeners) listener();
  }
}
