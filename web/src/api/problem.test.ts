import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problems } from "../words/en";
import "../words/en.admin";
import "../words/en.holder";
import "../words/en.setup";
import { mayPass, words } from "./problem";

/** The server's catalogue, from the code that answers with it. */
function catalogue(): string[] {
  const source = readFileSync(new URL("../../../crates/rest/src/problem.rs", import.meta.url), "utf8");
  return [...source.matchAll(/^ {4}"([a-z-]+)" \d{3} "/gm)].flatMap(([, slug]) => slug ?? []);
}

/** What only the app is answered, which has words of its own: `/v1/device` and nothing else. */
const THE_APPS = ["device-refused", "device-suspended", "kit-refused", "number-refused", "pin-refused", "pin-too-soon"];

test("every problem that the server can answer a browser with has words, and no other has", () => {
  const slugs = catalogue();
  expect(slugs.length).toBeGreaterThan(20);
  expect([...Object.keys(problems.known), ...THE_APPS].sort()).toEqual(slugs.sort());
});

test("a refusal says where in the form to look", () => {
  const refusal = words({
    type: "/problems/invalid-input",
    title: "x",
    status: 422,
    errors: [
      { pointer: "/narrative", detail: "Say what happened" },
      { pointer: "/pupils/0/pupil", detail: "Not of this school" },
      { pointer: "/pupils/1/pupil", detail: "Nor this one" },
    ],
  });
  expect(refusal.fields).toEqual({ narrative: "Say what happened", pupils: "Not of this school" });
});

test("a problem that this client does not know still says something", () => {
  expect(words({ type: "/problems/newer-than-us", title: "The moon is full", status: 409 }).words).toBe(
    "The moon is full",
  );
  expect(words({ type: "", title: "", status: 502 }).words).toBe(problems.server);
});

test("only what may pass by itself is sent again by itself", () => {
  const at = (status: number) => mayPass(words({ type: "", title: "", status }));
  expect([0, 429, 503, 500].map(at)).toEqual([true, true, true, true]);
  expect([401, 403, 404, 409, 422].map(at)).toEqual([false, false, false, false, false]);
});
