// One computer for the whole staff room: what somebody wrote, has waiting or was shown stays theirs.

import assert from "node:assert/strict";

import { choosePassword, school, signIn, TEACHER, write } from "./opened.mjs";
import { eventually } from "./process.mjs";

const NEXT = {
  name: "Nadia Nettlebed",
  email: "nadia.nettlebed2@dev1.sch.example",
  password: "quarry velvet spoon",
};
const WORDS = "He had no lunch with him again and said that he was not hungry.";

const here = school();
const { step } = here;
let desk;

/** Signs in here, and is seen to be the one whose page it is. */
async function enter(person) {
  await signIn(desk, person);
  await desk.page.getByText(person.name).first().waitFor();
}

async function signOut({ page }) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

/** Sends what is written while the server takes nothing. */
async function sendInVain({ page }) {
  const away = { type: "/problems/unavailable", title: "The server is busy", status: 503 };
  await page.route("**/v1/concerns", (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(away) }),
  );
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Not sent yet" }).waitFor();
}

/** How many receipts the server has for whoever is signed in here. */
async function receipts() {
  const { body } = await desk.ask("GET", "/v1/receipts");
  return JSON.parse(body).items.length;
}

step("two teachers use the computer in the staff room", async () => {
  desk = await here.person({ width: 1440, height: 900 });
  await choosePassword(here, desk, TEACHER);
  await choosePassword(here, desk, NEXT);
});

step("a concern that waits is sent in its writer's name, and not in that of whoever signs in next", async () => {
  const { page } = desk;
  await enter(TEACHER);
  await page.goto("/record");
  await write(desk, WORDS);
  await sendInVain(desk);
  await signOut(desk);
  await page.unroute("**/v1/concerns");

  await enter(NEXT);
  // Whatever still waits in this page would go now.
  await page.evaluate(() => window.dispatchEvent(new Event("safehold:send-now")));
  await desk.goTo("My receipts");
  await page.getByText("You have not sent anything yet.").waitFor();
  assert.equal(await receipts(), 0);

  await signOut(desk);
  await enter(TEACHER);
  await eventually("it is sent in its writer's name", async () => (await receipts()) === 1);
});

step("a page that somebody left open shows nothing of theirs to whoever signs in in another tab", async () => {
  const { page, context } = desk;
  await page.goto("/record");
  await write(desk, WORDS);
  await page.getByText(/^Kept on this device/).waitFor();
  // The session ends by itself; its writer has gone to lunch.
  await context.clearCookies();
  const tab = await context.newPage();
  await tab.goto("/");
  await signIn({ page: tab }, NEXT);
  await tab.getByText(NEXT.name).first().waitFor();
  // The first page asks who it is, as it does every few minutes.
  await tab.evaluate(() => new BroadcastChannel("safehold-session").postMessage("level"));
  await page.getByText(NEXT.name).first().waitFor();
  await page.getByLabel("What happened?").waitFor();
  assert.equal(await page.getByLabel("What happened?").inputValue(), "");
  await tab.close();

  await signOut(desk);
  await enter(TEACHER);
  await page.goto("/record");
  await page.getByText(/This is what you had written/).waitFor();
  assert.equal(await page.getByLabel("What happened?").inputValue(), WORDS);
});

step("what waits in a page whose writer has signed out is sent from the tab in which they sign in next", async () => {
  const { page, context } = desk;
  await sendInVain(desk);
  await signOut(desk);
  const tab = await context.newPage();
  await tab.goto("/");
  await signIn({ page: tab }, TEACHER);
  await tab.getByText(TEACHER.name).first().waitFor();
  await eventually("it is sent from there", async () => (await receipts()) === 2);
  await tab.close();
  await page.unroute("**/v1/concerns");
  await page.reload();
  await page.getByText(TEACHER.name).first().waitFor();
});

step("Back does not show a page that was left as it was, but loads it anew", async () => {
  const { page } = desk;
  await page.goto("/receipts");
  await page.evaluate(() => (window.isTheOneThatWasLeft = true));
  await page.goto("/v1/health");
  await page.goBack({ waitUntil: "commit" });
  await page.getByText(TEACHER.name).first().waitFor();
  assert.equal(await page.evaluate(() => window.isTheOneThatWasLeft), undefined);
});

step("who signs out without a connection is signed out once there is one", async () => {
  const { page, context } = desk;
  await context.setOffline(true);
  await signOut(desk);
  await context.setOffline(false);
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const cookies = await context.cookies();
  assert.ok(!cookies.some(({ name }) => name.endsWith("session")), "the session's cookie is still there");
  await enter(NEXT);
});
