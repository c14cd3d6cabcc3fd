import { expect, test } from "vitest";
import { countedShort, shell } from "./en";
import { dashboard } from "./en.holder";

test("a thousand alerts stand for a thousand and more", () => {
  expect([1, 2, 999, 1000].map(shell.alertsWait)).toEqual([
    "1 alert waits",
    "2 alerts wait",
    "999 alerts wait",
    "1,000 or more alerts wait",
  ]);
  expect([0, 3, 1000].map(dashboard.unread)).toEqual(["None waiting", "3 not read", "1,000 or more not read"]);
  expect([1, 999, 1000].map(countedShort)).toEqual(["1", "999", "1,000+"]);
});
