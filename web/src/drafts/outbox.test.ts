import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import type { Receipt, RecordConcern } from "../api/shapes";
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
  const files: Parcel["files"] = [{ id: "f1", name: "note.txt", type: "text/plain", size: 5, state: "waiting" }];
  await never.add(parcel(files), new Map([["f1", new Blob(["words"])]]));
  never.stop();

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
  await outbox.takeBack("p1");
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
