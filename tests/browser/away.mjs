// The connection goes, the server goes, the session ends: what was typed is kept, and arrives once.

import assert from "node:assert/strict";

import { approve } from "./authenticator.mjs";
import { choosePassword, LEAD, school, shownNumber, signIn, TEACHER, unlock, write } from "./opened.mjs";
import { eventually } from "./process.mjs";

const WORDS = "Mabel had a bruise the size of a coin above her left elbow.";

const here = school();
const { step } = here;
let teacher;

/** Everything that this browser keeps on its disk for the school, as whoever copies the disk would see it. */
function keptHere({ page }) {
  return page.evaluate(async () => {
    const open = (name) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const all = (database, name) =>
      new Promise((resolve) => {
        const request = database.transaction(name).objectStore(name).getAll();
        request.onsuccess = () => resolve(request.result);
      });
    const bytes = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await open(name);
      for (const store of database.objectStoreNames) {
        for (const row of await all(database, store)) {
          if (row instanceof CryptoKey) bytes.push(`key, may leave: ${row.extractable}`);
          else {
            for (const [field, value] of Object.entries(row)) {
              const raw = value instanceof ArrayBuffer || ArrayBuffer.isView(value);
              bytes.push(`${field}=${raw ? new TextDecoder("latin1").decode(value) : JSON.stringify(value)}`);
            }
          }
        }
      }
      database.close();
    }
    const local = JSON.stringify({ ...localStorage, ...sessionStorage });
    return { rows: bytes, text: `${bytes.join("\n")}\n${local}` };
  });
}

step("a teacher signs in", async () => {
  teacher = await here.person({ width: 390, height: 844 });
  await choosePassword(here, teacher, TEACHER);
  await signIn(teacher, TEACHER);
  await teacher.page.getByRole("link", { name: "Record concerns" }).click();
  await teacher.page.getByRole("heading", { name: "Record a concern" }).waitFor();
  await teacher.page.getByRole("checkbox", { name: "Neglect" }).waitFor();
});

step("without a connection the concern is kept encrypted, and sent once when it is back", async () => {
  const { page, context } = teacher;
  await context.setOffline(true);
  await page.getByText("No connection. A concern that you record is kept on this device").waitFor();
  await write(teacher, WORDS);
  await page.getByText(/^Kept on this device/).waitFor();
  await teacher.look("offline-draft");
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Not sent yet" }).waitFor();
  await teacher.look("offline-waiting");

  const { rows, text } = await keptHere(teacher);
  assert.ok(
    rows.some((row) => row.startsWith("sealed=")),
    "nothing is kept",
  );
  assert.ok(rows.includes("key, may leave: false"), "the key can be carried off");
  for (const word of ["bruise", "elbow", "Mabel", "narrative"]) assert.ok(!text.includes(word), `"${word}" lies open`);

  await page.getByRole("button", { name: "Try to send it now" }).click();
  await context.setOffline(false);
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
  await page.goto("/receipts");
  await page
    .getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ })
    .first()
    .waitFor();
  assert.equal(await page.getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ }).count(), 1);
  const after = await keptHere(teacher);
  assert.ok(!after.rows.some((row) => row.startsWith("sealed=")), "what arrived is still kept here");
});

step("an answer that is lost on its way does not make two of one concern", async () => {
  const { page } = teacher;
  await page.goto("/record");
  await write(teacher, "He said that he is not allowed breakfast on school days.");
  // The server takes it; the browser never hears so.
  let lost = 0;
  await page.route("**/v1/concerns", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
  await page.unroute("**/v1/concerns");
  assert.equal(lost, 1);
  await page.goto("/receipts");
  await page
    .getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ })
    .first()
    .waitFor();
  assert.equal(await page.getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ }).count(), 2);
});

step("a closed tab loses nothing, and what was waiting is sent at the next visit", async () => {
  const { page, context } = teacher;
  await page.goto("/record");
  await write(teacher, "Somebody waits for her by the bins after school.");
  await page.getByText(/^Kept on this device/).waitFor();
  await page.reload();
  await page.getByText(/This is what you had written/).waitFor();
  assert.equal(
    await page.getByLabel("What happened?").inputValue(),
    "Somebody waits for her by the bins after school.",
  );
  await teacher.look("draft-restored");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Not sent yet" }).waitFor();
  await context.setOffline(false);
  await page.goto("/receipts");
  await eventually("the third receipt", async () => {
    await page.reload();
    await page
      .getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ })
      .first()
      .waitFor();
    return (await page.getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ }).count()) === 3;
  });
});

step("a concern that comes back later costs nothing of the one that is being written by then", async () => {
  const { page, context } = teacher;
  await page.goto("/record");
  await write(teacher, "The first of two.");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Not sent yet" }).waitFor();
  await page.getByRole("button", { name: "Record another concern" }).click();
  await write(teacher, "The second of two.");
  await page.getByText(/^Kept on this device/).waitFor();
  const refusal = {
    type: "/problems/invalid-input",
    title: "Some of this cannot be taken",
    status: 422,
    errors: [{ pointer: "/narrative", detail: "say it in other words" }],
  };
  let refused = 0;
  await page.route("**/v1/concerns", (route) => {
    if (route.request().method() !== "POST") return route.continue();
    refused += 1;
    return route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify(refusal) });
  });
  await context.setOffline(false);
  await eventually("the first is refused", () => refused > 0);
  await page.unroute("**/v1/concerns");

  await page.reload();
  await page.getByText(/This is what you had written/).waitFor();
  assert.equal(await page.getByLabel("What happened?").inputValue(), "The second of two.");
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
  await page.getByText("A concern could not be sent as it is.").waitFor();
  await page.getByRole("link", { name: "Look at it" }).click();
  await page.getByRole("link", { name: "say it in other words" }).waitFor();
  assert.equal(await page.getByLabel("What happened?").inputValue(), "The first of two.");
  await teacher.look("come-back");
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
});

step("a session that ends while somebody writes asks for the password over the page", async () => {
  const { page, context } = teacher;
  await page.goto("/record");
  await write(teacher, "She flinched when the door was shut.");
  await page.getByText(/^Kept on this device/).waitFor();
  await context.clearCookies();
  // What the clock would do: the token is over and the cookie is gone.
  await page.route("**/v1/concerns", (route) =>
    route.continue({ headers: { ...route.request().headers(), authorization: "Bearer over" } }),
  );
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("dialog", { name: "Sign in to go on" }).waitFor();
  await page.unroute("**/v1/concerns");
  const password = page.getByRole("dialog").getByLabel("Password", { exact: true });
  assert.ok(await password.evaluate((field) => field === document.activeElement));
  await teacher.look("signed-out-while-writing");
  await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(TEACHER.password);
  await page.getByRole("dialog").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
});

step("a server that is away while a lead reads and writes costs them nothing that they typed", async () => {
  const { lead } = here;
  const { page, context } = lead;
  await unlock(here, lead);
  await page
    .getByRole("link", { name: /Nobody named/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByLabel("What was done, or is to be done?").fill("Rang the school nurse");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Save the action" }).click();
  await page.getByText("There is no connection to Safehold.").waitFor();
  await lead.look("action-offline");
  await context.setOffline(false);
  assert.equal(await page.getByLabel("What was done, or is to be done?").inputValue(), "Rang the school nurse");
  await page.getByRole("button", { name: "Save the action" }).click();
  await page.getByRole("button", { name: "Add an action" }).waitFor();
  assert.equal(await page.getByText("Rang the school nurse").count(), 1);
});

step("an action whose answer was lost is there once, and what was changed since is sent as another", async () => {
  const { page } = here.lead;
  const said = page.getByLabel("What was done, or is to be done?");
  await page.getByRole("button", { name: "Add an action" }).click();
  await said.fill("Rang her mother");
  await page.route("**/actions", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Save the action" }).click();
  await page.getByText("There is no connection to Safehold.").waitFor();
  await page.unroute("**/actions");
  await said.fill("Rang her mother, who was not at home");
  await page.getByRole("button", { name: "Save the action" }).click();
  await page.getByText("What you sent before has arrived, in other words.").waitFor();
  await page.getByText("Rang her mother", { exact: true }).waitFor();
  await here.lead.look("sent-in-other-words");
  assert.equal(await said.inputValue(), "Rang her mother, who was not at home");
  await page.getByRole("button", { name: "Save the action" }).click();
  await page.getByRole("button", { name: "Add an action" }).waitFor();
  await page.getByText("Rang her mother, who was not at home", { exact: true }).waitFor();
  assert.equal(await page.getByText(/^Rang her mother/).count(), 2);
});

step("records that fall shut while a lead writes cost them nothing that they typed", async () => {
  const { lead, computer } = here;
  const { page } = lead;
  await page.getByLabel("Your reply").fill("Thank you. I have");
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByLabel("What was done, or is to be done?").fill("Asked the school nurse to");
  await page.getByRole("button", { name: /^Lock/ }).first().click();
  await page.getByRole("button", { name: "Unlock with my device" }).click();
  await approve(computer, { number: await shownNumber(lead), pin: LEAD.pin });
  await page.getByLabel("What was done, or is to be done?").waitFor();
  assert.equal(await page.getByLabel("What was done, or is to be done?").inputValue(), "Asked the school nurse to");
  assert.equal(await page.getByLabel("Your reply").inputValue(), "Thank you. I have");
  await lead.look("written-before-the-lock");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Your reply").fill("");
});

step("each concern arrived once, word for word", async () => {
  const { lead } = here;
  await lead.goTo("Search");
  await lead.page.getByLabel("Words to find").fill("elbow");
  await lead.page.getByRole("button", { name: "Search" }).click();
  await lead.page.getByText("1 passage found").waitFor();
  await lead.goTo("Concerns");
  await lead.page
    .getByRole("link", { name: /Nobody named/ })
    .first()
    .waitFor();
  assert.equal(await lead.page.getByRole("link", { name: /Nobody named/ }).count(), 6);
});

step("a page that nobody touches says so, and falls shut with the records in sight", async () => {
  const tab = await here.lead.context.newPage();
  const asked = () => tab.waitForRequest((request) => request.url().endsWith("/v1/me"));
  const isMarked = async (request) => (await request.allHeaders())["safehold-unattended"] === "?1";
  // The clock is the whole browser's, so this comes last.
  await tab.clock.install();
  await tab.goto("/dashboard");
  await tab.getByRole("heading", { name: /^Good to see you/ }).waitFor();
  const [byItself] = await Promise.all([asked(), tab.clock.fastForward("01:01")]);
  assert.ok(await isMarked(byItself), "what the page asks by itself counts as use");
  const [touched] = await Promise.all([asked(), tab.keyboard.press("Shift")]);
  assert.ok(!(await isMarked(touched)), "somebody who is there is not heard of");
  await tab.clock.fastForward("15:01");
  await tab.getByRole("button", { name: "Unlock with my device" }).waitFor();
});
