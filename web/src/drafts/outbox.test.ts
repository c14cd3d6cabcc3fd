import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import type { Receipt, RecordConcern } from "../api/shapes";
import type { Hold } from "./hold";
import { type Carrier, Outbox, type Outcome, type Parcel } from "./outbox";
import { DraftStore } from "./store";

const BODY: RecordConcern = {
  pupils: [],
  categories: ["cat_1"],
  occurred_at: "2026-11-23T08:40:00Z",
  occurred_precision: "exact",
  narrative: "x",
  urgent: false,
};
const RECEIPT: Receipt = {
  id: "con_1",
  reference: "7F3K-29QM",
  received_at: "2026-11-23T08:41:00Z",
  status: "received",
  attachments: 0,
  replies: 0,
  unread_replies: 0,
};
const REFUSAL = { slug: "invalid-input", status: 422, words: "look again", fields: { narrative: "say it" } };

beforeEach(async () => {
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase("safehold");
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
});

function parcel(files: Parcel["files"] = []): Parcel {
  return { id: "p1", body: BODY, key: "key-1", files };
}

const note = (): Parcel["files"] => [{ id: "f1", name: "note.txt", type: "text/plain", size: 5, state: "waiting" }];

/** A server that knows idempotency keys, and a connection that breaks as told. */
function world(breaks: ("lost before" | "lost after" | "fine")[]) {
  const concerns = new Map<string, Receipt>();
  const uploaded: string[] = [];
  const pauses: number[] = [];
  const carrier: Carrier = {
    post: (_, key): Promise<Outcome> => {
      const now = breaks.shift() ?? "fine";
      if (now === "lost before") return Promise.resolve({ again: true });
      concerns.set(key, RECEIPT);
      return Promise.resolve(now === "lost after" ? { again: true } : { receipt: RECEIPT });
    },
    upload: async (concern, file, key, progress) => {
      progress(0.5);
      uploaded.push(`${concern} ${key} ${file.name} ${await file.text()}`);
      return { sent: true };
    },
    pause: (attempt) => {
      pauses.push(attempt);
      return Promise.resolve();
    },
  };
  return { concerns, uploaded, pauses, carrier };
}

async function settled(outbox: Outbox): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      const { parcels, trying } = outbox.current();
      const over = parcels.every(
        (p) => p.refusal || (p.receipt && p.files.every((f) => f.state !== "waiting" && f.state !== "sending")),
      );
      if (over && !trying && parcels.length > 0) resolve();
    };
    outbox.subscribe(look);
    look();
  });
}

test("a connection that breaks after the server has it still makes one concern", async () => {
  const store = await DraftStore.open("mem_a");
  const { carrier, concerns, pauses } = world(["lost before", "lost after", "fine"]);
  const outbox = new Outbox(store, carrier);
  await outbox.add(parcel(), new Map());
  await settled(outbox);
  expect([...concerns.keys()]).toEqual(["key-1"]);
  expect(outbox.current().parcels[0]?.receipt?.reference).toBe("7F3K-29QM");
  expect(pauses).toEqual([1, 2]);
  expect(await store.names("parcel:")).toEqual([]);
  store.close();
});

test("what a closed tab left is sent by the next visit, with the same key", async () => {
  const store = await DraftStore.open("mem_a");
  const never = new Outbox(store, { ...world([]).carrier, post: () => new Promise(() => undefined) });
  await never.add(parcel(note()), new Map([["f1", new Blob(["words"])]]));
  void never.stop();

  const { carrier, concerns, uploaded } = world(["fine"]);
  const next = new Outbox(store, carrier);
  await next.resume();
  await settled(next);
  expect([...concerns.keys()]).toEqual(["key-1"]);
  expect(uploaded).toEqual(["con_1 f1 note.txt words"]);
  expect(await store.names("parcel:")).toEqual([]);
  store.close();
});

test("a refusal comes back to the writer and is not sent again by itself", async () => {
  const store = await DraftStore.open("mem_a");
  let posts = 0;
  const outbox = new Outbox(store, {
    ...world([]).carrier,
    post: () => {
      posts += 1;
      return Promise.resolve({ refusal: REFUSAL });
    },
  });
  await outbox.add(parcel(), new Map());
  await settled(outbox);
  expect(outbox.current().parcels[0]?.refusal?.fields).toEqual({ narrative: "say it" });
  await outbox.run();
  expect(posts).toBe(1);
  expect(await store.names("parcel:")).toHaveLength(1);
  await outbox.drop("p1");
  expect(await store.names("parcel:")).toEqual([]);
  store.close();
});

test("one refused file does not hold up the others", async () => {
  const store = await DraftStore.open("mem_a");
  const { carrier } = world(["fine"]);
  const outbox = new Outbox(store, {
    ...carrier,
    upload: (_, file) =>
      Promise.resolve(file.name === "bad.exe" ? { refusal: { ...REFUSAL, words: "not taken" } } : { sent: true }),
  });
  const file = (id: string, name: string) => ({ id, name, type: "", size: 1, state: "waiting" as const });
  await outbox.add(
    parcel([file("f1", "bad.exe"), file("f2", "good.txt")]),
    new Map([
      ["f1", new Blob(["a"])],
      ["f2", new Blob(["b"])],
    ]),
  );
  await settled(outbox);
  expect(outbox.current().parcels[0]?.files.map(({ state, words }) => [state, words])).toEqual([
    ["refused", "not taken"],
    ["sent", undefined],
  ]);
  store.close();
});

test("where there is no room nothing is kept by halves, its writer's draft is left alone, and it is sent", async () => {
  const store = await DraftStore.open("mem_a");
  const { carrier, uploaded } = world([]);
  const outbox = new Outbox(store, carrier);
  vi.spyOn(store, "put").mockRejectedValue(new DOMException("", "QuotaExceededError"));
  expect(await outbox.add(parcel(note()), new Map([["f1", new Blob(["words"])]]))).toBe(false);
  await settled(outbox);
  expect(uploaded).toEqual(["con_1 f1 note.txt words"]);
  expect(await store.getFile("parcel:p1/f1")).toBeUndefined();
  store.close();
});

test("a store that fails for a moment holds a file up for as long, and no longer", async () => {
  const store = await DraftStore.open("mem_a");
  const first = new Outbox(store, { ...world([]).carrier, post: () => new Promise(() => undefined) });
  await first.add(parcel(note()), new Map([["f1", new Blob(["words"])]]));
  void first.stop();

  const { carrier, uploaded, pauses } = world([]);
  vi.spyOn(store, "getFile").mockRejectedValueOnce(new DOMException("", "UnknownError"));
  const next = new Outbox(store, carrier);
  await next.resume();
  await settled(next);
  expect(uploaded).toEqual(["con_1 f1 note.txt words"]);
  expect(pauses).toEqual([0]);
  store.close();
});

test("a file that this browser has lost is said, and the concern arrives", async () => {
  const store = await DraftStore.open("mem_a");
  await store.put("parcel:p1", parcel(note()));
  const outbox = new Outbox(store, world([]).carrier);
  await outbox.resume();
  await settled(outbox);
  expect(outbox.current().parcels[0]).toMatchObject({ receipt: RECEIPT, files: [{ state: "gone" }] });
  store.close();
});

/** The names that the tabs of one browser hold, and how they do. */
function locks() {
  const held = new Map<string, () => void>();
  const hold: Hold = (name) => {
    if (held.has(name)) return Promise.resolve(undefined);
    const release = () => void held.delete(name);
    held.set(name, release);
    return Promise.resolve(release);
  };
  return { held, hold };
}

test("of two tabs one sends, and the other goes on when that one is closed", async () => {
  const store = await DraftStore.open("mem_a");
  const { held, hold } = locks();
  const stuck = new Outbox(store, { ...world([]).carrier, post: () => new Promise(() => undefined) }, hold);
  await stuck.add(parcel(), new Map());

  const { carrier, concerns } = world([]);
  const other = new Outbox(store, carrier, hold);
  await other.resume();
  expect(other.current().parcels).toEqual([]);

  void stuck.stop();
  held.get("parcel:p1")?.();
  await other.resume();
  await settled(other);
  expect([...concerns.keys()]).toEqual(["key-1"]);
  expect(held.size).toBe(0);
  store.close();
});

test("who signs out leaves what waits to whichever tab they sign in to next", async () => {
  const store = await DraftStore.open("mem_a");
  const { held, hold } = locks();
  const { concerns, carrier } = world(["lost before"]);
  // Its pause does not end, as in a page that nobody looks at.
  const left = new Outbox(store, { ...carrier, pause: () => new Promise(() => undefined) }, hold);
  await left.add(parcel(), new Map());
  expect(held.size).toBe(1);
  await left.stop();
  expect(left.current().parcels).toEqual([]);

  const next = new Outbox(store, carrier, hold);
  await next.resume();
  await settled(next);
  expect([...concerns.keys()]).toEqual(["key-1"]);
  expect(held.size).toBe(0);
  store.close();
});

test("what a page alone has waits in it until its writer is back", async () => {
  const store = await DraftStore.open("mem_a");
  vi.spyOn(store, "put").mockRejectedValue(new DOMException("", "QuotaExceededError"));
  const { carrier, concerns, uploaded } = world(["lost before", "fine"]);
  let goOn: () => void = () => undefined;
  const outbox = new Outbox(store, { ...carrier, pause: () => new Promise((resolve) => (goOn = resolve)) });
  await outbox.add(parcel(note()), new Map([["f1", new Blob(["words"])]]));
  await outbox.stop();
  goOn();
  await Promise.resolve();
  expect([...concerns.keys()]).toEqual([]);

  await outbox.resume();
  await settled(outbox);
  expect(uploaded).toEqual(["con_1 f1 note.txt words"]);
  store.close();
});
