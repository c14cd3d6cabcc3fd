import { expect, test } from "vitest";
import { check, emptyFields, type Fields, hasContent, occurred, toBody } from "./fields";

const NOW = new Date(2026, 10, 23, 14, 30);

function filled(change: Partial<Fields> = {}): Fields {
  return {
    ...emptyFields(NOW),
    pupils: [{ id: "pup_1", name: "Amara Nwosu", class_name: "6H", role: "subject" }],
    categories: ["cat_1"],
    narrative: "  She was crying at the gate.  ",
    ...change,
  };
}

test("three answers and a kind are enough", () => {
  expect(check(filled(), NOW)).toEqual({});
  expect(Object.keys(check(emptyFields(NOW), NOW))).toEqual(["pupils", "narrative", "categories"]);
});

test("it may be about nobody in particular", () => {
  const fields = filled({ pupils: [], nobody: true });
  expect(check(fields, NOW)).toEqual({});
  expect(toBody(fields, NOW).pupils).toEqual([]);
});

test("just now means when the form was begun", () => {
  const later = new Date(NOW.getTime() + 20 * 60_000);
  expect(occurred(filled(), later)).toEqual({ at: NOW, precision: "exact" });
});

test("earlier today needs a time that has been", () => {
  expect(check(filled({ when: "today" }), NOW).occurred_at).toBeDefined();
  expect(check(filled({ when: "today", time: "18:00" }), NOW).occurred_at).toBeDefined();
  expect(occurred(filled({ when: "today", time: "09:05", about: true }), NOW)).toEqual({
    at: new Date(2026, 10, 23, 9, 5),
    precision: "about",
  });
});

test("another day may have no time, and then only the day is claimed", () => {
  const { at, precision } = occurred(filled({ when: "another", date: "2026-11-20" }), NOW);
  expect([at.getDate(), at.getHours(), precision]).toEqual([20, 12, "day"]);
  expect(check(filled({ when: "another", date: "2026-12-01" }), NOW).occurred_at).toBeDefined();
});

test("what was left empty is not sent as words", () => {
  const body = toBody(filled({ location: "  ", told: "no", toldWhom: "Mr Ali" }), NOW);
  expect(body).toMatchObject({
    narrative: "She was crying at the gate.",
    location: null,
    child_words: null,
    told_lead: false,
    told_whom: null,
  });
  expect(toBody(filled(), NOW).told_lead).toBeNull();
});

test("an untouched form is nothing to keep", () => {
  expect(hasContent(emptyFields(NOW))).toBe(false);
  expect(hasContent(filled())).toBe(true);
});
