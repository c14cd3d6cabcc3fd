import { expect, test } from "vitest";
import { coach } from "./coach";

const rules = (text: string, childWords?: string) => coach(text, childWords).map((hint) => hint.rule);

test("says nothing before there is anything to speak of", () => {
  expect(coach("")).toEqual([]);
  expect(coach("   Amy fell ")).toEqual([]);
});

test("says nothing about a plain account with a time", () => {
  const account =
    "At 10:40 Amara Nwosu was standing by the gate in a thin shirt. Her shoes were wet and she was shivering.";
  expect(coach(account)).toEqual([]);
});

test("points at initials, in either spelling", () => {
  expect(coach("At 9:15 J.S. came in without a coat again and sat alone.")[0]).toEqual({
    rule: "initials",
    found: "J.S.",
  });
  expect(coach("At 9:15 JS came in without a coat again and sat alone.")[0]?.found).toBe("JS");
});

test("knows the letters a school writes without meaning anybody", () => {
  const text = "At 9:15 in PE the TA told the DSL and the SENCO, as it stands in the EHCP, at 10.30 am.";
  expect(rules(text)).toEqual([]);
});

test("asks for a time only when none is given", () => {
  const noTime = "Oliver Hughes was sitting in the corridor outside the hall with his hood up and cried.";
  expect(rules(noTime)).toContain("noTime");
  expect(rules(`${noTime} It was after lunch.`)).not.toContain("noTime");
  expect(rules(`${noTime} It was half past two.`)).not.toContain("noTime");
});

test("tells a view from what was seen", () => {
  expect(coach("This morning she was obviously neglected by her mother.")[0]).toEqual({
    rule: "opinion",
    found: "obviously",
  });
  expect(rules("This morning I think he had not eaten anything at all.")).toContain("opinion");
});

test("asks what a vague word looked like", () => {
  expect(coach("This morning he kicked off when his mother arrived.")[0]).toEqual({
    rule: "vague",
    found: "kicked off",
  });
});

test("asks for a child's words until they are given", () => {
  const text = "At break Maya told me that she had slept in the car with her brother.";
  expect(rules(text)).toEqual(["speech"]);
  expect(rules(text, "we slept in the car")).toEqual([]);
});

test("speaks of photographs of injuries first", () => {
  expect(coach("I took a photo of the bruise on her arm this morning, I think.")[0]?.rule).toBe("photograph");
});

test("each rule speaks once", () => {
  const hints = rules("Obviously JS and KT were upset, obviously. I think it was weird and JS said so.");
  expect(new Set(hints).size).toBe(hints.length);
});
