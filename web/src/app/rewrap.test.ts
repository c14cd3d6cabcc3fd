import { expect, test } from "vitest";
import { type Batch, type Hands, sealToNewKeys } from "./rewrap";

/** A server with so many batches left, whose answers are lost as told; a browser that is locked after some. */
function world(left: number, lost: ("before" | "after")[] = [], lockedAfter = Infinity) {
  const seen = { left, asked: 0, pauses: [] as number[] };
  const hands: Hands = {
    batch: (): Promise<Batch> => {
      seen.asked += 1;
      const how = lost.shift();
      if (how === "before") return Promise.resolve({ again: true });
      seen.left = Math.max(0, seen.left - 1);
      return Promise.resolve(how === "after" ? { again: true } : { more: seen.left > 0 });
    },
    pause: (failures) => {
      seen.pauses.push(failures);
      return Promise.resolve();
    },
    mayGoOn: () => seen.asked < lockedAfter,
  };
  return { seen, hands };
}

test("it asks until there are no more", async () => {
  const { seen, hands } = world(3);
  expect(await sealToNewKeys(hands)).toBe(true);
  expect(seen).toEqual({ left: 0, asked: 3, pauses: [0, 0] });
});

test("an answer that is lost is asked for again, and nothing is left out", async () => {
  const { seen, hands } = world(4, ["before", "after", "before"]);
  expect(await sealToNewKeys(hands)).toBe(true);
  expect(seen.left).toBe(0);
  expect(seen.pauses).toEqual([1, 2, 3, 0, 0]);
});

test("it stops when the records are locked, and the next unlock goes on from there", async () => {
  const first = world(5, [], 2);
  expect(await sealToNewKeys(first.hands)).toBe(false);
  expect(first.seen.left).toBe(3);
  const next = world(first.seen.left);
  expect(await sealToNewKeys(next.hands)).toBe(true);
  expect(next.seen.asked).toBe(3);
});

test("a server that is away is not asked for ever", async () => {
  const { seen, hands } = world(5, Array<"before">(50).fill("before"));
  expect(await sealToNewKeys(hands)).toBe(false);
  expect(seen.asked).toBe(9);
});

test("a refusal ends it", async () => {
  const { seen, hands } = world(5);
  expect(await sealToNewKeys({ ...hands, batch: () => Promise.resolve({ stop: true }) })).toBe(false);
  expect(seen.pauses).toEqual([]);
});
