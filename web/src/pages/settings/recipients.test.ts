import { expect, test } from "vitest";
import type { Person } from "../../api/shapes";
import { offered } from "./recipients";

const staff = Array.from(
  { length: 150 },
  (_, number) => ({ id: `mem_${number}`, name: `Teacher ${number}` }) as unknown as Person,
);
const names = (people: Person[]) => people.map(({ name }) => name);

test("of many the first are shown, and how many more there are", () => {
  const { shown, more } = offered(staff, [], "");
  expect(names(shown.slice(0, 2))).toEqual(["Teacher 0", "Teacher 1"]);
  expect([shown.length, more]).toEqual([20, 130]);
});

test("whoever is chosen stays in sight beside those who are looked for", () => {
  const { shown, more } = offered(staff, ["mem_3"], " teacher 149");
  expect(names(shown)).toEqual(["Teacher 3", "Teacher 149"]);
  expect(more).toBe(0);
});
