import { expect, test } from "vitest";
import { cut } from "./Highlighted";

test("marks what was found and keeps every other character", () => {
  expect(cut("a bruise on the arm", [[2, 8]])).toEqual([
    { text: "a ", hit: false },
    { text: "bruise", hit: true },
    { text: " on the arm", hit: false },
  ]);
});

test("counts characters as people do", () => {
  expect(cut("😢 sad", [[2, 5]]).filter(({ hit }) => hit)).toEqual([{ text: "sad", hit: true }]);
});

test("overlapping and overlong passages lose nothing and repeat nothing", () => {
  const pieces = cut("abcdef", [
    [3, 99],
    [1, 4],
  ]);
  expect(pieces.map(({ text }) => text).join("")).toBe("abcdef");
  expect(pieces.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(["bcd", "ef"]);
});
