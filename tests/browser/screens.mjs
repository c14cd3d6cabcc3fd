// The states that a good day never shows: empty, wrong, waiting, refused, over. Each is looked at as the
// story's pages are.

import assert from "node:assert/strict";
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mistype, refuse } from "./authenticator.mjs";
import { choosePassword, LEAD, PUPIL, school, shownNumber, signIn, TEACHER, unlock } from "./opened.mjs";
import { eventually } from "./process.mjs";
import { zipOf } from "./school.mjs";
import { partsOf } from "./mail.mjs";

const here = school();
const { step } = here;
let teacher;

/** Whether somebody who looks at the window sees it. */
async function inSight(locator) {
  const box = await locator.boundingBox();
  return Boolean(box) && box.y >= 0 && box.y + box.height <= locator.page().viewportSize().height;
}

step("a visitor is told what this is, and a wrong password is answered in words", async () => {
  const visitor = await here.person({ width: 390, height: 844 });
  const { page } = visitor;
  await page.goto("/");
  await page.getByText("What Safehold is").waitFor();
  await visitor.look("sign-in", { dark: true });
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: "Type your e-mail address" }).waitFor();
  await visitor.look("sign-in-empty");
  await signIn(visitor, { email: "nobody@school.example", password: "not this one at all" });
  await page.getByText("do not go together").waitFor();
  assert.equal(await page.getByLabel("E-mail address").inputValue(), "nobody@school.example");
  await visitor.look("sign-in-refused");
  await page.goto("/forgot");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByText("Type your e-mail address", { exact: true }).waitFor();
  await visitor.look("forgot");
  await page.goto("/password");
  await visitor.look("password-without-link");
  await page.goto("/app");
  await visitor.look("app-without-code");
});

step("a teacher on the first day: nothing is there yet, and nothing is lost by pressing too early", async () => {
  teacher = await here.person({ width: 390, height: 844 });
  const { page } = teacher;
  await choosePassword(here, teacher, TEACHER);
  await signIn(teacher, TEACHER);
  await page.getByRole("heading", { name: "Welcome to Safehold" }).waitFor();
  await teacher.look("welcome");
  await page.getByRole("link", { name: "Record concerns" }).click();
  await page.getByLabel("A child may be in danger today").check();
  await page.getByRole("radio", { name: "Another day" }).check({ force: true });
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("link", { name: "Say what happened" }).waitFor();
  await teacher.look("record-errors", { dark: true });
  await page.getByRole("link", { name: "Say what happened" }).click();
  assert.ok(await page.getByLabel("What happened?").evaluate((area) => area === document.activeElement));
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  await teacher.look("menu");
  await page.getByRole("link", { name: "My receipts" }).click();
  await page.getByText("You have not sent anything yet.").waitFor();
  await teacher.look("receipts-none");
  await page.goto("/devices");
  await page.getByText("No device is enrolled yet.").waitFor();
  await teacher.look("devices-none");
  await page.goto("/nowhere");
  await teacher.look("not-found");
});

step("one key, and nothing of a record is in sight", async () => {
  const { page } = teacher;
  await page.goto("/record");
  await page.getByLabel("What happened?").fill("He would not take off his jumper.");
  await page.keyboard.press("F9");
  await page.getByRole("button", { name: "Continue" }).waitFor();
  assert.ok(!(await page.locator("body").innerText()).includes("jumper"));
  assert.equal(await page.title(), "Clock");
  await teacher.look("hidden");
  await page.getByRole("button", { name: "Continue" }).click();
  assert.equal(await page.getByLabel("What happened?").inputValue(), "He would not take off his jumper.");
});

step("the office: people, categories, rules", async () => {
  const { lead } = here;
  const { page } = lead;
  await page.goto("/people");
  await page.getByText(TEACHER.name, { exact: true }).waitFor();
  await lead.look("people", { dark: true });
  await page.getByRole("button", { name: "Invite a person" }).click();
  await lead.look("invite");
  await page.getByRole("button", { name: "Send the invitation", exact: true }).click();
  await page.getByText("Type a name").waitFor();
  await lead.look("invite-errors");
  await page.getByLabel("Name", { exact: true }).fill("Carys Penhallow");
  await page.getByLabel("E-mail address").fill("carys.penhallow@school.example");
  await page.getByRole("button", { name: "Send the invitation", exact: true }).click();
  await page.getByText("An invitation is on its way").waitFor();
  await page.getByRole("button", { name: /^Has left.*Carys Penhallow/ }).click();
  await lead.look("leaver");
  await page.keyboard.press("Escape");

  await page.goto("/categories");
  await page.getByText("Physical abuse").first().waitFor();
  await lead.look("categories");
  await page.getByRole("button", { name: "Add a category" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Type a name").waitFor();
  await lead.look("category-errors");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Change Attendance" }).click();
  await page.getByRole("checkbox", { name: /^In use/ }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Out of use", { exact: true }).waitFor();

  await page.goto("/alert-rules");
  await page.getByText("No rule yet.").waitFor();
  await lead.look("rules-none");
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByLabel(LEAD.name).waitFor();
  await lead.look("rule");
  await page.getByRole("button", { name: "Save" }).click();
  const missing = page.getByText("Choose at least one person");
  await eventually("whoever pressed the button sees why nothing was saved", () => inSight(missing));
  await lead.look("rule-errors");
  await page.getByLabel(LEAD.name).check();
  await page.keyboard.press("Escape");
});

step("an archive that is none, and one with a row that cannot be read", async () => {
  const { lead, folder } = here;
  const { page } = lead;
  await page.goto("/import");
  const none = join(folder, "holiday.zip");
  writeFileSync(none, "This is a letter that somebody named wrongly.");
  await page.locator('input[type="file"]').setInputFiles(none);
  await page.getByText("This is not a roster that can be read.").waitFor();
  await lead.look("import-refused");

  // A folder's files, chosen together.
  const district = new URL("../data/rosters/oneroster-1.1", import.meta.url).pathname;
  const tables = readdirSync(district).filter((name) => name.endsWith(".csv"));
  await page.locator('input[type="file"]').setInputFiles(tables.map((name) => join(district, name)));
  await page.getByText(`${tables.length} files`).waitFor();
  await page.getByText("Every row can be read.").waitFor();
  await lead.look("import-files");

  const spoilt = join(folder, "spoilt");
  cpSync(new URL("../data/rosters/oneroster-1.1", import.meta.url).pathname, spoilt, { recursive: true });
  const users = readFileSync(join(spoilt, "users.csv"), "utf8");
  writeFileSync(join(spoilt, "users.csv"), users.replace(/,student,omar/, ",wizard,omar"));
  await page.locator('input[type="file"]').setInputFiles(zipOf(folder, spoilt));
  await page.getByRole("heading", { name: /cannot be read/ }).waitFor();
  await lead.look("import-rows-refused");
});

step("an unlock: waiting, mistyped, refused, over", async () => {
  const { lead, computer } = here;
  const { page } = lead;
  await page.goto("/unlock");
  await page.getByRole("button", { name: "Unlock with my device" }).click();
  const number = await shownNumber(lead);
  await page.emulateMedia({ reducedMotion: "reduce" });
  const beats = await page
    .getByText("Waiting for your device")
    .evaluate((line) => getComputedStyle(line, "::before").animationIterationCount);
  assert.equal(beats, "1", "something goes on moving for whoever asked for stillness");
  await page.emulateMedia({ reducedMotion: null });
  await lead.look("unlock-waiting", { dark: true });
  await mistype(computer, { number, pin: LEAD.pin });
  await page.getByText("The number did not match").waitFor();
  await lead.look("unlock-mistyped");

  // A browser whose clock is two minutes on, for whom the number's time is over.
  const late = await here.person({ width: 390, height: 844 });
  await late.page.goto("/");
  await signIn(late, LEAD);
  await late.page.getByRole("button", { name: "Unlock with my device" }).waitFor();
  await late.page.clock.install();
  await late.page.getByRole("button", { name: "Unlock with my device" }).click();
  const overdue = await shownNumber(late);
  await late.page.clock.fastForward("02:30");
  await late.page.getByText("The time for this number is over.").waitFor();
  await late.look("unlock-expired");
  await mistype(computer, { number: overdue, pin: LEAD.pin });
});

step("the records, with nothing in them", async () => {
  const { lead } = here;
  const { page } = lead;
  await unlock(here, lead);
  await page.getByText("No concern has been received yet.").waitFor();
  await lead.look("dashboard-empty", { dark: true });
  await lead.goTo("Alerts");
  await page.getByText("No alert here.").waitFor();
  await lead.look("alerts-none");
  await lead.goTo("Pupils");
  await page.getByRole("searchbox", { name: "Name of a pupil" }).fill("qq");
  await page.getByText("No pupil of this name").waitFor();
  await lead.look("pupils-none");
  await page.getByRole("searchbox", { name: "Name of a pupil" }).fill("br");
  await page.getByRole("link", { name: new RegExp(PUPIL) }).waitFor();
  await lead.look("pupils-found");
  await lead.goTo("Search");
  await page.getByText("Narrow it down").click();
  await page.getByLabel("Words to find").fill("accordion");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText(/Nothing found/).waitFor();
  await lead.look("search-nothing");
  await lead.goTo("Who holds keys");
  await page.getByText(LEAD.name).first().waitFor();
  await lead.look("key-holders");
  await page.goto("/people");
  await page.getByText("kept apart from the records").waitFor();
  await lead.look("office-shut");
});

step("the teacher sends a concern", async () => {
  const { page } = teacher;
  await page.getByRole("combobox", { name: "Who is it about?" }).pressSequentially("Om", { delay: 30 });
  await page.getByRole("option", { name: PUPIL }).click();
  const kinds = page.getByRole("group", { name: "What kind of concern is it?" });
  await kinds.getByRole("checkbox", { name: "Neglect" }).check({ force: true });
  await page.getByLabel("A child may be in danger today").check();
  await page.getByRole("radio", { name: "Just now" }).check({ force: true });
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
  await page.getByRole("button", { name: "Add to it or correct it" }).click();
  await page.getByRole("button", { name: "Send the addition" }).click();
  await page.getByRole("link", { name: "Say why" }).waitFor();
  await teacher.look("addition-errors");
});

step("a concern is not closed with nothing said", async () => {
  const { lead } = here;
  const { page } = lead;
  await page.goto("/concerns");
  await page.getByRole("link", { name: new RegExp(PUPIL) }).click();
  await page.getByRole("button", { name: "Open this concern" }).click();
  await page.getByRole("button", { name: "Add an action" }).click();
  await lead.look("action");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Close this concern" }).click();
  await page.getByRole("button", { name: "Close it" }).click();
  await page.getByRole("link", { name: "Choose the decision" }).waitFor();
  await lead.look("closing-errors", { dark: true });
  await page.keyboard.press("Escape");
  await lead.look("concern-urgent", { dark: true });
});

step("what is to be added is added, and so is what comes to mind after it", async () => {
  const { page } = here.lead;
  for (const said of ["It was on Friday.", "It was before lunch."]) {
    await page.getByRole("button", { name: "Add or correct" }).click();
    await page.getByLabel("What should be added or corrected?").fill(said);
    await page.getByLabel("Why?").fill("I asked again.");
    await page.getByRole("button", { name: "Add it beside the original" }).click();
    await page.getByRole("button", { name: "Add or correct" }).waitFor();
    await page.getByText(said, { exact: true }).waitFor();
  }
});

step("what a colleague who has left had to do is handed over", async () => {
  const { lead } = here;
  const { page } = lead;
  const concern = page.url();
  for (const [said, due] of [
    ["Meet the family.", "2031-03-04"],
    ["Ring the school nurse.", undefined],
  ]) {
    await page.getByRole("button", { name: "Add an action" }).click();
    await page.getByLabel("What was done, or is to be done?").fill(said);
    await page.getByLabel("Who does it").selectOption({ label: TEACHER.name });
    if (due) await page.getByLabel("By when").fill(due);
    await page.getByRole("button", { name: "Save the action" }).click();
    await page.getByText(said).waitFor();
  }
  await page.getByRole("button", { name: /^Lock/ }).first().click();
  await page.getByRole("button", { name: "Unlock with my device" }).waitFor();
  await page.goto("/people");
  await page.getByRole("button", { name: new RegExp(`^Has left.*${TEACHER.name}`) }).click();
  await page.getByText("hand over what they had to do").waitFor();
  await page.getByRole("button", { name: "Has left the school" }).click();
  await page.getByRole("button", { name: new RegExp(`^Is back.*${TEACHER.name}`) }).waitFor();

  await unlock(here, lead);
  await lead.goTo("Who holds keys");
  await page.getByText("2 actions").waitFor();
  await lead.look("open-work", { dark: true });
  await page.getByRole("button", { name: `Hand over what ${TEACHER.name} has to do` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: new RegExp(PUPIL) }).first().waitFor();
  await dialog.getByRole("button", { name: "Hand over" }).click();
  await dialog.getByText("Choose who takes it over.").first().waitFor();
  await lead.look("hand-over", { dark: true });
  await dialog.getByLabel("To").selectOption({ label: LEAD.name });
  await dialog.getByRole("button", { name: "Hand over" }).click();
  await page.getByText(`2 actions of ${TEACHER.name}’s handed over to ${LEAD.name}.`).waitFor();
  await page.getByText("Has left", { exact: true }).waitFor({ state: "detached" });
  await lead.look("handed-over");
  await page.goto("/dashboard");
  await page.getByText("My actions").waitFor();
  await page.getByText(/4 March 2031/).waitFor();
  await page.goto(concern);
  await page.getByText(`For ${LEAD.name}`).first().waitFor();
});

step("“not me”", async () => {
  const { lead, computer } = here;
  const { page } = lead;
  await page.getByLabel("Your reply").fill("Thank you for telling us at once.");
  await page.getByRole("button", { name: "Send the reply" }).click();
  await page.getByText("Not read yet").waitFor();
  await page.getByRole("button", { name: /^Lock/ }).first().click();
  await page.getByRole("button", { name: "Unlock with my device" }).click();
  await shownNumber(lead);
  await refuse(computer);
  await page.getByText("You said “Not me” on your device.").waitFor();
  await lead.look("unlock-refused");
});

step("among more than a hundred staff everybody can be found, and told", async () => {
  const { lead, folder } = here;
  const { page } = lead;
  const large = join(folder, "large");
  cpSync(new URL("../data/rosters/oneroster-1.1", import.meta.url).pathname, large, { recursive: true });
  const [school] = readFileSync(join(large, "users.csv"), "utf8").match(/[^,]+(?=,teacher,)/);
  const last = { name: "Teacher 119", email: "teacher.119@dev1.sch.example", password: "harbour thimble oak" };
  const staff = Array.from({ length: 120 }, (_, number) => {
    const name = `teacher.${number}`;
    return `${name},active,2026-09-01T06:00:00.000Z,true,${school},teacher,${name},,Teacher,${number},,,${name}@dev1.sch.example,,,,,\n`;
  });
  appendFileSync(join(large, "users.csv"), staff.join(""));
  await page.goto("/import");
  await page.locator('input[type="file"]').setInputFiles(zipOf(folder, large));
  await page.getByRole("heading", { name: "What would change" }).waitFor();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("Names can be found from now on.").waitFor();
  const newcomer = await here.person({ width: 390, height: 844 });
  await choosePassword(here, newcomer, last);
  await signIn(newcomer, last);
  await newcomer.page.getByRole("heading", { name: "Welcome to Safehold" }).waitFor();

  await page.goto("/people");
  await page.getByRole("searchbox", { name: "Find a person" }).fill(last.email);
  await page.getByText(last.name, { exact: true }).waitFor();
  await page.goto("/alert-rules");
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByLabel(last.name).check();
  // Whoever has not signed in yet would not be told.
  assert.equal(await page.getByLabel("Teacher 118").count(), 0);
  await page.getByLabel("Name of the rule").fill("Everything");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(`Tells ${last.name}`).waitFor();
});

step("the interactive documentation opens under its own policy", async () => {
  const { page } = await here.person({ width: 1440, height: 900 });
  await page.goto("/docs");
  await page.getByText("/v1/concerns", { exact: true }).first().waitFor();
  if (process.env.SAFEHOLD_ARTEFACTS) await page.screenshot({ path: `${process.env.SAFEHOLD_ARTEFACTS}/docs.png` });
});

step("every mail of the day says that something waits, and where, and nothing else", async () => {
  const reader = await here.person({ width: 390, height: 844 });
  const { page } = reader;
  // As a mail program shows it: not a page of the school's, and nothing is fetched for it.
  await page.route("**/*", (route) => route.fulfill({ body: html, contentType: "text/html; charset=utf-8" }));
  let html = "";
  const kinds = new Map(here.mail.all().map((mail) => [mail.raw.match(/^Subject: (.*)\r?$/m)[1], mail]));
  assert.ok(kinds.size >= 4, [...kinds.keys()].join(", "));
  for (const [subject, mail] of kinds) {
    const { "text/plain": plain, "text/html": shown } = partsOf(mail.raw);
    assert.ok(plain && shown, `${subject} has not both parts`);
    const links = plain.match(/https?:\/\/\S+/g) ?? [];
    assert.equal(links.length, 1, plain);
    assert.ok(links[0].startsWith(here.school.origin), plain);
    assert.ok(shown.includes(links[0]), "the two parts lead to two places");
    for (const word of [...PUPIL.split(" "), "jumper", "Neglect", "urgent", ...TEACHER.name.split(" ")]) {
      for (const part of [subject, plain, shown]) assert.ok(!part.includes(word), `"${word}" stands in: ${part}`);
    }
    html = shown;
    await page.goto(`/mail-${subject.replace(/\W+/g, "-")}`);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), subject);
    await reader.look(`mail-${subject.replace(/\W+/g, "-").toLowerCase()}`);
  }
});

step("no page broke its own policy", async () => {
  assert.deepEqual(here.browser.complaints(), []);
});
