// One day at a school, from its first hour to the locked records, as the people in it live it: in Chromium,
// with the real server, the real terminal authenticator on two computers, and a real mail server.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openBrowser } from "./browser.mjs";
import { approve, enrol, grant, keep, setUpKeys } from "./authenticator.mjs";
import { switchOn } from "./computer.mjs";
import { decoded, startMail } from "./mail.mjs";
import { startSchool, zipOf } from "./school.mjs";
import { eventually } from "./process.mjs";

const LEAD = { name: "Bashir Okonjo", email: "bashir.okonjo@school.example", password: "lantern ferry quince", pin: "402913" };
// Both teach at the schools in the roster.
const TEACHER = { name: "Isadora Inkwell", email: "isadora.inkwell@dev1.sch.example", password: "plover margin teacup" };
const DEPUTY = {
  name: "Fatima Snickerdoodle",
  email: "fatima.snickerdoodle@dev1.sch.example",
  password: "harbour violet anvil",
  pin: "771204",
};
const PUPIL = "Omar Bramblewood"; // in reception; the deputy's key is for Year 5
const SEEN = "Omar came in without a coat and said that nobody was at home when he woke up.";
const SAID = "I made my own breakfast and went by myself";
const ACTION = "Rang the number on record at 9:10, no answer; trying again at break";
const REPLY = "Thank you. I have spoken with the family. Please tell me if it happens again.";
/** Words that no mail may hold. */
const SECRETS = ["Omar", "Bramblewood", "coat", "breakfast", "reception", "Neglect", "Isadora", "Inkwell"];

const folder = mkdtempSync(join(tmpdir(), "safehold-story-"));
let mail, school, browser, leadsComputer, deputysComputer;
let lead, teacher, deputy; // their browsers
let concernPath; // the page of the concern, as the lead sees it
let failed = false;

/** A step of the day. After one that failed there is no day to go on with. */
function step(name, act) {
  test(name, { timeout: 180_000 }, async () => {
    if (failed) throw new Error("an earlier step failed");
    try {
      await act();
    } catch (error) {
      failed = true;
      for (const [who, person] of Object.entries({ lead, teacher, deputy })) await person?.photograph(`failed-${who}`);
      error.message += `\n--- the server said:\n${school?.said().slice(-4000)}`;
      throw error;
    }
  });
}

before(async () => {
  mail = await startMail();
  school = await startSchool({ engine: process.env.SAFEHOLD_ENGINE ?? "sqlite", folder, smtpPort: mail.port });
  browser = await openBrowser(school.origin);
  leadsComputer = await switchOn("lead");
  deputysComputer = await switchOn("deputy");
}, { timeout: 60_000 });

after(async () => {
  await browser?.close();
  await leadsComputer?.switchOff();
  await deputysComputer?.switchOff();
  await school?.stop();
  await mail?.stop();
  rmSync(folder, { recursive: true, force: true });
});

step("the lead sets the school up, and their own computer makes the keys", async () => {
  lead = await browser.person({ width: 1440, height: 900 });
  const { page } = lead;
  await page.goto("/setup");
  await lead.look("01-set-up");
  await page.getByLabel("Setup code").fill(school.setupCode);
  await page.getByLabel("Name of the school").fill("Juniper Harbor");
  await page.getByLabel("Your name").fill(LEAD.name);
  await page.getByLabel("Your e-mail address").fill(LEAD.email);
  await page.getByLabel("Choose a password").fill(LEAD.password);
  await page.getByRole("button", { name: "Go on to the first key" }).click();

  await page.getByRole("heading", { name: "The first key" }).waitFor();
  await lead.look("02-first-key");
  const link = await page.locator("code").innerText();
  await setUpKeys(leadsComputer, link, LEAD.pin);
  await page.getByRole("heading", { name: "Your school is open" }).waitFor();
  await lead.look("03-open");
});

step("the lead imports the district's roster after seeing what it would change", async () => {
  const { page } = lead;
  await page.getByRole("link", { name: "Import pupils and staff" }).click();
  await page.getByRole("heading", { name: "Import pupils and staff" }).waitFor();
  await lead.look("04-import");
  const archive = zipOf(folder, "../data/rosters/oneroster-1.1");
  await page.locator('input[type="file"]').setInputFiles(archive);
  await page.getByRole("heading", { name: "What would change" }).waitFor();
  await lead.look("05-import-preview");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("Names can be found from now on.").waitFor();
});

step("the lead makes a rule: whatever arrives, tell me", async () => {
  const { page } = lead;
  await lead.goTo("Alert rules");
  await page.getByRole("heading", { name: "Alert rules" }).waitFor();
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByLabel("Name of the rule").fill("Everything");
  await page.getByLabel(LEAD.name).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(`Tells ${LEAD.name}`).waitFor();
  await lead.look("06-alert-rules");
});

step("a teacher chooses a password by a mailed link, and signs in on a phone", async () => {
  teacher = await browser.person({ width: 390, height: 844 });
  await choosePassword(teacher, TEACHER);
  await teacher.look("07-record");
});

step("the teacher records a concern with an attachment, in under a minute", async () => {
  const { page } = teacher;
  const began = Date.now();
  await page.getByRole("combobox", { name: "Who is it about?" }).pressSequentially("Om", { delay: 30 });
  await page.getByRole("option", { name: PUPIL }).click();
  await page.getByLabel("What happened?").fill(SEEN);
  await page.getByRole("group", { name: "What kind of concern is it?" }).getByRole("checkbox").first().check({ force: true });
  await page.getByText("Add more detail").click();
  await page.getByLabel("The child's own words").fill(SAID);
  const note = join(folder, "note.txt");
  writeFileSync(note, "Seen at the gate at 8:40, by the clock over the door.\n");
  await page.locator('input[type="file"]').setInputFiles(note);
  await teacher.look("08-record-filled");
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
  await page.getByText("Sent", { exact: true }).waitFor();
  assert.ok(Date.now() - began < 60_000, "it took longer than a minute");
  await teacher.look("09-receipt");
  assert.ok(!(await page.locator("body").innerText()).includes("coat"), "a receipt shows nothing of what was written");
});

step("the teacher can neither list nor search nor open what was written", async () => {
  for (const path of ["/concerns", "/search", "/dashboard", "/pupils", "/alerts"]) {
    await teacher.page.goto(path);
    await teacher.page.getByText(/There is nothing here|None of your devices|Create your key/).first().waitFor();
  }
  for (const [method, path] of [["GET", "/v1/concerns"], ["POST", "/v1/searches"], ["GET", "/v1/dashboard"]]) {
    assert.ok([403, 404].includes((await teacher.ask(method, path, { words: "coat" })).status), path);
  }
});

step("the lead's mail arrives, and says nothing of what it is about", async () => {
  const message = await mail.to(LEAD.email);
  assert.match(message.raw, /^Subject: Something is waiting for you\r?$/m);
  for (const secret of SECRETS) {
    assert.ok(!message.text.toLowerCase().includes(secret.toLowerCase()), `the mail says "${secret}":\n${message.text}`);
  }
  assert.ok(message.text.includes(school.origin), "the mail has no link to the school");
});

step("the lead unlocks: the number in the browser, typed with the PIN on their own computer", async () => {
  await unlock(lead, leadsComputer, LEAD.pin, "10-unlock");
  await lead.page.getByRole("heading", { name: /Good to see you|Today/ }).waitFor();
  await lead.look("11-dashboard");
});

step("the lead reads the concern: every word, and the file", async () => {
  const { page } = lead;
  await lead.goTo("Alerts");
  await page.getByRole("heading", { name: "Alerts" }).waitFor();
  await lead.look("12-alerts");
  await page.getByRole("link", { name: new RegExp(PUPIL) }).first().click();
  await page.getByText(SEEN).waitFor();
  await page.getByText(SAID).waitFor();
  concernPath = new URL(page.url()).pathname;
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /Download\s+note\.txt/ }).click();
  const stream = await (await download).createReadStream();
  let text = "";
  for await (const piece of stream) text += piece;
  assert.match(text, /Seen at the gate/);
  await lead.look("13-concern");
});

step("the lead finds it in the pupil's chronology and by searching for a word of it", async () => {
  const { page } = lead;
  await page.getByRole("link", { name: `Chronology of ${PUPIL}` }).click();
  await page.getByText(SEEN).first().waitFor();
  await lead.look("14-chronology");

  await lead.goTo("Search");
  await page.getByLabel("Words to find").fill("breakfast");
  await page.getByRole("button", { name: "Search" }).click();
  await page.locator("mark", { hasText: "breakfast" }).first().waitFor();
  await lead.look("15-search");
});

step("the lead writes down what was done, and answers the teacher", async () => {
  const { page } = lead;
  await page.goto(concernPath);
  await page.getByRole("button", { name: "Open this concern" }).click();
  await page.getByRole("button", { name: "Close this concern" }).waitFor();
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByLabel("What was done, or is to be done?").fill(ACTION);
  await page.getByRole("button", { name: "Save the action" }).click();
  await page.getByText(ACTION).waitFor();
  await page.getByLabel("Your reply").fill(REPLY);
  await page.getByRole("button", { name: "Send the reply" }).click();
  await page.getByText(REPLY).waitFor();
  await lead.look("16-acted-on");
});

step("the teacher sees how far it is, and the reply", async () => {
  const { page } = teacher;
  await page.goto("/receipts");
  await teacher.look("17-receipts");
  await page.getByRole("link", { name: /[0-9A-Z]{4}-[0-9A-Z]{4}/ }).first().click();
  await page.getByText("Being acted on").waitFor();
  await page.getByText(REPLY).waitFor();
  await page.getByText("1 new reply").waitFor({ state: "detached" });
  await teacher.look("18-reply");
});

step("a second holder enrols, and the lead grants them Year 5 and nothing else", async () => {
  deputy = await browser.person({ width: 820, height: 1180 });
  await choosePassword(deputy, DEPUTY);
  const { page } = deputy;
  await page.goto("/key");
  await page.getByRole("button", { name: "Scan the code" }).click();
  const link = await page.locator("code").innerText();
  const words = await enrol(deputysComputer, link, DEPUTY.pin);
  await page.getByText("It waits for a colleague to grant it").first().waitFor();
  await deputy.look("19-waits-for-grant");
  await grant(leadsComputer, { words, pin: LEAD.pin, years: ["5"] });
  await page.getByText("Your key is ready.").waitFor();
});

step("the second holder unlocks, and cannot tell that the concern exists", async () => {
  await unlock(deputy, deputysComputer, DEPUTY.pin, "20-deputy-unlock");
  const { page } = deputy;
  await deputy.goTo("Concerns");
  await page.getByText("No concern matches.").waitFor();
  await deputy.look("21-deputy-concerns");
  await deputy.goTo("Search");
  await page.getByLabel("Words to find").fill("breakfast");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText(/Nothing found/).waitFor();
  await page.goto(concernPath);
  await page.getByText("There is nothing here").first().waitFor();
  await deputy.look("22-deputy-hidden");

  const id = concernPath.split("/").at(-1);
  const hidden = await deputy.ask("GET", `/v1/concerns/${id}`);
  const absent = await deputy.ask("GET", `/v1/concerns/con_${"0".repeat(32)}`);
  assert.equal(hidden.status, 404);
  assert.deepEqual(hidden, absent, "hidden and absent differ");
});

step("the lead locks, and nothing opens any more", async () => {
  const { page } = lead;
  await page.goto(concernPath);
  await page.getByText(SEEN).waitFor();
  await page.getByRole("button", { name: /^Lock/ }).first().click();
  await page.getByText(SEEN).waitFor({ state: "detached" });
  await lead.look("23-locked");
  await page.goBack();
  await page.goForward();
  await page.goto(concernPath);
  await page.getByRole("button", { name: "Unlock with my device" }).waitFor();
  const body = await page.content();
  for (const words of [SEEN, SAID, REPLY]) assert.ok(!body.includes(words), "a page still shows what is locked");
  const id = concernPath.split("/").at(-1);
  assert.equal((await lead.ask("GET", `/v1/concerns/${id}`)).status, 403);
  assert.equal((await lead.ask("GET", "/v1/concerns")).status, 403);
});

step("no page broke its own policy, and no mail of the day says what anything was about", async () => {
  assert.deepEqual(browser.complaints(), []);
  for (const { raw, to } of mail.all()) {
    const text = decoded(raw);
    for (const secret of [SEEN, SAID, ACTION, REPLY, PUPIL]) {
      assert.ok(!text.includes(secret), `the mail to ${to} says "${secret}":\n${text}`);
    }
  }
});

step("neither what the server printed nor a file that it keeps holds a word of it", async () => {
  const words = [SEEN, SAID, ACTION, REPLY];
  // Nor who wrote, or what was looked at: routes have their patterns, and nothing else.
  const said = school.said();
  for (const word of [...words, PUPIL, TEACHER.name, TEACHER.email, "con_", "mem_", "pup_", "@"]) {
    assert.ok(!said.includes(word), `the log says "${word}":\n${said}`);
  }
  assert.match(said, /POST.*\/v1\/concerns/);
  const kept = readdirSync(join(folder, "data"), { recursive: true }).map((name) => join(folder, "data", name));
  assert.ok(kept.length > 0, "the server keeps nothing");
  for (const path of kept.filter((path) => statSync(path).isFile())) {
    const content = readFileSync(path);
    for (const word of [...words, "Seen at the gate at 8:40"]) {
      assert.ok(!content.includes(word), `"${word}" stands in ${path}`);
    }
  }
});

async function choosePassword(person, { email, password }) {
  const { page } = person;
  await page.goto("/");
  await page.getByRole("link", { name: "I have no password, or forgot it" }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  const { text } = await mail.to(email);
  const [link] = text.match(new RegExp(`${school.origin}/password#\\S+`)) ?? assert.fail(`no link in:\n${text}`);
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Use this password" }).click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Welcome to Safehold" }).waitFor();
  await page.getByRole("link", { name: "Record concerns" }).click();
  await page.getByRole("heading", { name: "Record a concern" }).waitFor();
}

async function unlock(person, computer, pin, name) {
  const { page } = person;
  await page.goto("/unlock");
  await page.getByRole("button", { name: "Unlock with my device" }).click();
  const shown = page.getByRole("img", { name: /^The number is/ });
  await shown.waitFor();
  await person.look(name);
  const number = (await shown.getAttribute("aria-label")).replace(/\D/g, "");
  await approve(computer, { number, pin });
  await eventually("the records open", async () => !page.url().endsWith("/unlock"));
  // A new browser gets a short look only: its owner says that it is theirs, and unlocks again.
  if (number.length === 6) {
    await keep(computer, pin);
    await page.getByRole("button", { name: /^Lock/ }).first().click();
    await unlock(person, computer, pin, name);
  }
}
