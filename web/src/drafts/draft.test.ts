import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Attached, DraftKeeper } from "./draft";
import type { Hold } from "./hold";
import { DraftStore } from "./store";

type Fields = { words: string; files: Attached[] };
const NOTE: Attached = { id: "f1", name: "note.txt", type: "text/plain", size: 5 };

let store: DraftStore;
let held: Set<string>;

beforeEach(async () => {
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase("safehold");
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
  store = await DraftStore.open("mem_a");
  held = new Set();
});

afterEach(() => {
  vi.restoreAllMocks();
  store.close();
});

/** What a browser's tabs hold among them. */
const hold: Hold = (name) => {
  if (held.has(name)) return Promise.resolve(undefined);
  held.add(name);
  return Promise.resolve(() => void held.delete(name));
};

function form(): DraftKeeper<Fields> {
  return new DraftKeeper<Fields>(
    () => ({ words: "", files: [] }),
    ({ words, files }) => Boolean(words.trim()) || files.length > 0,
    hold,
  );
}

/** What a visit wrote before its tab was closed. */
async function earlier(words: string): Promise<void> {
  const before = form();
  await before.open(store);
  before.change({ words });
  await before.close();
}

async function keptWords(): Promise<string[]> {
  const kept = await Promise.all((await store.names("draft:")).map(({ id }) => store.get<{ fields: Fields }>(id)));
  return kept.map((draft) => draft?.fields.words ?? "").sort();
}

test("what a closed tab left is taken up with its files, under the same key", async () => {
  const before = form();
  await before.open(store);
  before.change({ words: "She said “leave it”." });
  before.attach([{ about: NOTE, blob: new Blob(["words"]) }]);
  const { key } = before.current();
  await before.close();

  const next = form();
  await next.open(store);
  expect(next.current()).toMatchObject({ fields: { words: "She said “leave it”.", files: [NOTE] }, key });
  expect(await next.current().files.get("f1")?.text()).toBe("words");
  expect(next.current().restoredFrom).toBeDefined();
});

test("who types before the store has opened goes on with that, and the older draft stays", async () => {
  await earlier("the older one");
  const now = form();
  now.change({ words: "typed at once" });
  now.attach([{ about: NOTE, blob: new Blob(["words"]) }]);
  await now.open(store);
  expect(now.current().fields.words).toBe("typed at once");
  expect(now.current().savedAt).toBeDefined();
  expect(await keptWords()).toEqual(["the older one", "typed at once"]);
  await now.close();

  // The file too: it was attached before there was a place for it.
  const next = form();
  await next.open(store);
  expect(await next.current().files.get("f1")?.text()).toBe("words");
});

test("two tabs have a draft each", async () => {
  await earlier("the older one");
  const [one, other] = [form(), form()];
  await one.open(store);
  await other.open(store);
  expect(one.current().fields.words).toBe("the older one");
  expect(other.current().fields.words).toBe("");
  other.change({ words: "the second" });
  await other.save();
  expect(await keptWords()).toEqual(["the older one", "the second"]);
});

test("a draft that is thrown away while it is being kept does not come back", async () => {
  const draft = form();
  await draft.open(store);
  draft.change({ words: "thrown away" });
  const saving = draft.save();
  await draft.clear();
  await saving;
  expect(await keptWords()).toEqual([]);
  expect(draft.current()).toMatchObject({ fields: { words: "" }, savedAt: undefined });
});

test("a full disk is said, and what was typed is kept as soon as there is room", async () => {
  const draft = form();
  await draft.open(store);
  const put = vi.spyOn(store, "put").mockRejectedValueOnce(new DOMException("", "QuotaExceededError"));
  draft.change({ words: "first words" });
  await draft.save();
  expect(draft.current()).toMatchObject({ cannotKeep: true, savedAt: undefined });
  await draft.save();
  expect(put).toHaveBeenCalledTimes(2);
  expect(draft.current().cannotKeep).toBe(false);
  expect(await keptWords()).toEqual(["first words"]);
});

test("a file that there was no room for is said for as long as it is there", async () => {
  const draft = form();
  await draft.open(store);
  vi.spyOn(store, "putFile").mockRejectedValueOnce(new DOMException("", "QuotaExceededError"));
  draft.attach([{ about: NOTE, blob: new Blob(["words"]) }]);
  await draft.save();
  expect(draft.current().cannotKeep).toBe(true);
  draft.detach("f1");
  await draft.save();
  expect(draft.current().cannotKeep).toBe(false);
});

test("a file that is taken away before it was found to have no room is not missed", async () => {
  const draft = form();
  await draft.open(store);
  vi.spyOn(store, "putFile").mockRejectedValueOnce(new DOMException("", "QuotaExceededError"));
  draft.attach([{ about: NOTE, blob: new Blob(["words"]) }]);
  draft.detach("f1");
  draft.change({ words: "without it" });
  await draft.save();
  expect(draft.current().cannotKeep).toBe(false);
});

test("without a store the form says so, and works", async () => {
  const draft = form();
  await draft.open(undefined);
  draft.change({ words: "kept nowhere" });
  await draft.save();
  expect(draft.current()).toMatchObject({ fields: { words: "kept nowhere" }, opened: true, cannotKeep: true });
});

test("what came back is kept before anybody else forgets it, under a key of its own", async () => {
  const draft = form();
  await draft.open(store);
  const { key } = draft.current();
  await draft.replace({ words: "came back", files: [NOTE] }, new Map([["f1", new Blob(["words"])]]));
  expect(await keptWords()).toEqual(["came back"]);
  expect(draft.current().key).not.toBe(key);
  const [kept] = await store.names("draft:");
  expect(new TextDecoder().decode(await store.getFile(`${kept?.id}/f1`))).toBe("words");
});
