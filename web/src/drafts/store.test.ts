import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import { DraftStore } from "./store";

const DAY = 86_400_000;

beforeEach(async () => {
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase("safehold");
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
});

async function rawRows(): Promise<Record<string, unknown>[]> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open("safehold", 1);
    request.onsuccess = () => resolve(request.result);
  });
  const rows = await new Promise<Record<string, unknown>[]>((resolve) => {
    const request = database.transaction("rows").objectStore("rows").getAll();
    request.onsuccess = () => resolve(request.result as Record<string, unknown>[]);
  });
  database.close();
  return rows;
}

test("gives back what was kept, also to a later visit", async () => {
  const first = await DraftStore.open("mem_a");
  await first.put("draft:1", { narrative: "She said “leave it”." });
  first.close();
  const second = await DraftStore.open("mem_a");
  expect(await second.get("draft:1")).toEqual({ narrative: "She said “leave it”." });
  second.close();
});

test("nothing readable lies in the browser's storage", async () => {
  const store = await DraftStore.open("mem_a");
  await store.put("draft:1", { narrative: "bruise on the arm" });
  const [row] = await rawRows();
  const sealed = new Uint8Array(row?.["sealed"] as ArrayBuffer);
  expect(sealed.length).toBeGreaterThan(20);
  expect(new TextDecoder("latin1").decode(sealed)).not.toContain("bruise");
  store.close();
});

test("the next person at the same desk sees nothing of it", async () => {
  const writer = await DraftStore.open("mem_a");
  await writer.put("draft:1", { narrative: "x" });
  writer.close();
  const next = await DraftStore.open("mem_b");
  expect(await next.names("draft:")).toEqual([]);
  expect(await next.get("draft:1")).toBeUndefined();
  next.close();
});

test("a sealed row that was moved to another name does not open", async () => {
  const store = await DraftStore.open("mem_a");
  await store.put("draft:1", { narrative: "x" });
  const [row] = await rawRows();
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open("safehold", 1);
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise<void>((resolve) => {
    const request = database
      .transaction("rows", "readwrite")
      .objectStore("rows")
      .put({ ...row, name: "draft:2" });
    request.onsuccess = () => resolve();
  });
  database.close();
  expect(await store.get("draft:2")).toBeUndefined();
  expect(await store.get("draft:1")).toEqual({ narrative: "x" });
  store.close();
});

test("lists the latest first and removes a draft with its files", async () => {
  let now = 1_000;
  const store = await DraftStore.open("mem_a", () => now);
  await store.put("draft:1", 1);
  now = 2_000;
  await store.put("draft:2", 2);
  await store.putFile("draft:2/file", new Blob(["bytes"]));
  expect((await store.names("draft:")).map(({ id }) => id)).toEqual(["draft:2", "draft:1"]);
  expect(new TextDecoder().decode(await store.getFile("draft:2/file"))).toBe("bytes");
  await store.remove("draft:2");
  expect((await store.names("draft:")).map(({ id }) => id)).toEqual(["draft:1"]);
  expect(await rawRows()).toHaveLength(1);
  store.close();
});

test("a draft that nobody came back to for a fortnight is gone, with its files, whoever signs in", async () => {
  const writer = await DraftStore.open("mem_a", () => 0);
  await writer.put("draft:1", 1);
  await writer.putFile("draft:1/file", new Blob(["bytes"]));
  await writer.putFile("draft:2/file", new Blob(["whose draft was never kept"]));
  writer.close();
  const later = await DraftStore.open("mem_b", () => 15 * DAY);
  expect(await rawRows()).toEqual([]);
  later.close();
});

test("what was sent off and has not arrived is kept over the longest holidays", async () => {
  const writer = await DraftStore.open("mem_a", () => 0);
  await writer.put("parcel:1", 1);
  await writer.putFile("parcel:1/file", new Blob(["bytes"]));
  writer.close();
  const later = await DraftStore.open("mem_a", () => 60 * DAY);
  expect(await later.get("parcel:1")).toBe(1);
  expect(await later.getFile("parcel:1/file")).toBeDefined();
  later.close();
});

test("a database that the browser shut beneath the page is opened again", async () => {
  const open = vi.spyOn(indexedDB, "open");
  const store = await DraftStore.open("mem_a");
  await store.put("draft:1", "before");
  const { result } = open.mock.results[0]?.value as IDBOpenDBRequest;
  forceCloseDatabase(result as unknown as Parameters<typeof forceCloseDatabase>[0]);
  await vi.waitFor(async () => expect(await store.get("draft:1")).toBe("before"));
  await store.put("draft:1", "since");
  expect(await store.get("draft:1")).toBe("since");
  store.close();
});
