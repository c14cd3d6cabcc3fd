// A teacher and a lead who never touch a mouse.

import assert from "node:assert/strict";

import { approve, keep } from "./authenticator.mjs";
import { hasFocus, tabTo } from "./keys.mjs";
import { choosePassword, LEAD, PUPIL, school, shownNumber, TEACHER } from "./opened.mjs";
import { eventually } from "./process.mjs";

const SEEN = "Omar asked twice whether he could stay at school tonight.";
const ACTION = "Spoke with his class teacher before lessons";

const here = school();
const { step } = here;

async function signInByKeys({ page }, { email, password }) {
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(page, page.getByLabel("E-mail address"));
  await page.keyboard.type(email);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
}

step("a teacher signs in and records a concern with the keyboard alone", async () => {
  const teacher = await here.person({ width: 1280, height: 720 });
  const { page } = teacher;
  await choosePassword(here, teacher, TEACHER);
  await page.goto("/");
  await signInByKeys(teacher, TEACHER);
  await page.getByRole("heading", { name: "Record a concern" }).waitFor();

  await tabTo(page, page.getByRole("combobox", { name: "Who is it about?" }));
  await page.keyboard.type("Om", { delay: 30 });
  await page.getByRole("option", { name: PUPIL }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByLabel(`${PUPIL} is`).waitFor();
  await tabTo(page, page.getByLabel("What happened?"));
  await page.keyboard.type(SEEN);
  await tabTo(page, page.getByRole("checkbox", { name: "Neglect" }));
  await page.keyboard.press("Space");
  await tabTo(page, page.getByRole("radio", { name: "Just now" }));
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByRole("radio", { name: "Earlier today" }).isChecked());
  await page.keyboard.press("ArrowLeft");
  await tabTo(page, page.locator("summary", { hasText: "Add more detail" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Where was it?"));
  await page.keyboard.type("At the gate");
  await tabTo(page, page.getByRole("button", { name: "Send to the safeguarding team" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
});

step("a lead unlocks, searches, opens, adds an action and locks, with the keyboard alone", async () => {
  const lead = await here.person({ width: 1280, height: 720 });
  const { page } = lead;
  const menu = page.getByRole("navigation", { name: "Main" });
  await page.goto("/");
  await signInByKeys(lead, LEAD);
  await page.getByRole("heading", { name: "Unlock the records" }).waitFor();
  const unlock = async () => {
    await tabTo(page, page.getByRole("button", { name: "Unlock with my device" }));
    await page.keyboard.press("Enter");
    await approve(here.computer, { number: await shownNumber(lead), pin: LEAD.pin });
    await page.getByRole("heading", { name: /^Good to see you/ }).waitFor();
  };
  await unlock();
  // It is not the browser in which the key was made: a short look, until its owner says that it is theirs.
  await page.getByText("This browser is new, so it gets a short look").waitFor();
  await lead.look("short-look");
  await keep(here.computer, LEAD.pin);
  await tabTo(page, page.getByRole("button", { name: "Unlock again" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Unlock the records" }).waitFor();
  await unlock();

  await tabTo(page, menu.getByRole("link", { name: "Search" }), { back: true });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Search" }).waitFor();
  await tabTo(page, page.getByLabel("Words to find"));
  await page.keyboard.type("tonight");
  await page.keyboard.press("Enter");
  await page.locator("mark", { hasText: "tonight" }).waitFor();
  await tabTo(page, page.getByRole("link", { name: new RegExp(PUPIL) }));
  await page.keyboard.press("Enter");
  await page.getByText(SEEN).waitFor();

  await tabTo(page, page.getByRole("button", { name: "Open this concern" }));
  await page.keyboard.press("Enter");
  await eventually("what came of it has the focus", () =>
    hasFocus(page.getByRole("heading", { name: "Being acted on" })),
  );
  const add = page.getByRole("button", { name: "Add an action" });
  await tabTo(page, add);
  await page.keyboard.press("Enter");
  assert.ok(await hasFocus(page.getByLabel("Kind", { exact: true })), "the form that opened has no focus");
  await tabTo(page, page.getByLabel("What was done, or is to be done?"));
  await page.keyboard.type(ACTION);
  await tabTo(page, page.getByRole("button", { name: "Save the action" }));
  await page.keyboard.press("Enter");
  await page.getByText(ACTION).waitFor();
  await eventually("the focus is back where it was", () => hasFocus(add));

  const close = page.getByRole("button", { name: "Close this concern" });
  await tabTo(page, close, { back: true });
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await hasFocus(close), "the dialog did not give the focus back");

  await tabTo(page, menu.getByRole("button", { name: /^Lock/ }), { back: true });
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Unlock with my device" }).waitFor();
  assert.ok(!(await page.content()).includes(SEEN));
});

step("a phone's menu opens, is walked and shuts by keys; the first stop of a page skips the menu", async () => {
  const { page } = here.people.at(-1);
  await page.goto("/receipts");
  await page.getByRole("heading", { name: "My receipts" }).waitFor();
  await tabTo(page, page.getByRole("link", { name: "Skip to the page" }), { back: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await tabTo(page, page.getByRole("button", { name: "Menu", exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "Your devices" }));
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Your devices" }).waitFor({ state: "hidden" });
  assert.ok(
    await hasFocus(page.getByRole("button", { name: "Menu", exact: true })),
    "the menu shut and took the focus",
  );
});

step("no page broke its own policy", async () => {
  assert.deepEqual(here.browser.complaints(), []);
});
