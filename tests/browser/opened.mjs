// A school that has been set up and has its roster, for tests that begin where the story's first hour ends.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { approve, setUpKeys } from "./authenticator.mjs";
import { openBrowser } from "./browser.mjs";
import { switchOn } from "./computer.mjs";
import { startMail } from "./mail.mjs";
import { eventually } from "./process.mjs";
import { startSchool, zipOf } from "./school.mjs";

export const LEAD = {
  name: "Bashir Okonjo",
  email: "bashir.okonjo@school.example",
  password: "lantern ferry quince",
  pin: "402913",
};
export const TEACHER = {
  name: "Isadora Inkwell",
  email: "isadora.inkwell@dev1.sch.example",
  password: "plover margin teacup",
};
export const PUPIL = "Omar Bramblewood";

/** Opens the school before the tests of a file and shuts it after them; `place` is filled in between. */
export function school() {
  const place = { people: [] };
  before(
    async () => {
      place.folder = mkdtempSync(join(tmpdir(), "safehold-opened-"));
      place.mail = await startMail();
      place.school = await startSchool({
        engine: process.env.SAFEHOLD_ENGINE ?? "sqlite",
        folder: place.folder,
        smtpPort: place.mail.port,
      });
      place.browser = await openBrowser(place.school.origin);
      place.computer = await switchOn("lead");
      place.lead = await place.person({ width: 1440, height: 900 });
      await setUp(place);
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await place.browser?.close();
    await place.computer?.switchOff();
    await place.school?.stop();
    await place.mail?.stop();
    rmSync(place.folder, { recursive: true, force: true });
  });
  let failed = false;
  return Object.assign(place, {
    async person(viewport) {
      const person = await place.browser.person(viewport);
      place.people.push(person);
      return person;
    },
    /** A step. After one that failed there is nothing to go on with. */
    step(name, act) {
      test(name, { timeout: 60_000 }, async () => {
        if (failed) throw new Error("an earlier step failed");
        try {
          await act();
        } catch (error) {
          failed = true;
          for (const [index, person] of place.people.entries())
            await person.photograph(`failed-${process.pid}-${index}`);
          throw error;
        }
      });
    },
  });
}

async function setUp({ lead, school, computer, folder }) {
  const { page } = lead;
  await page.goto("/setup");
  await page.getByLabel("Setup code").fill(school.setupCode);
  await page.getByLabel("Name of the school").fill("Juniper Harbor");
  await page.getByLabel("Your name").fill(LEAD.name);
  await page.getByLabel("Your e-mail address").fill(LEAD.email);
  await page.getByLabel("Choose a password").fill(LEAD.password);
  await page.getByRole("button", { name: "Go on to the first key" }).click();
  await page.getByRole("heading", { name: "The first key" }).waitFor();
  await setUpKeys(computer, await page.locator("code").innerText(), LEAD.pin);
  await page.getByRole("heading", { name: "Your school is open" }).waitFor();
  await page.goto("/import");
  await page.locator('input[type="file"]').setInputFiles(zipOf(folder, "../data/rosters/oneroster-1.1"));
  await page.getByRole("heading", { name: "What would change" }).waitFor();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("Names can be found from now on.").waitFor();
}

/** Chooses a password by the mailed link; the person is then at the sign-in. */
export async function choosePassword({ mail, school }, { page }, { email, password }) {
  await page.goto("/forgot");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  const { text } = await mail.to(email);
  const [link] = text.match(new RegExp(`${school.origin}/password#\\S+`)) ?? assert.fail(`no link in:\n${text}`);
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Use this password" }).click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

export async function signIn({ page }, { email, password }) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Fills the form for a concern about nobody by name. */
export async function write({ page }, words) {
  await page.getByRole("checkbox", { name: "Neglect" }).waitFor();
  await page.getByLabel("Not about a named pupil").check();
  await page.getByLabel("What happened?").fill(words);
  const kinds = page.getByRole("group", { name: "What kind of concern is it?" });
  await kinds.getByRole("checkbox", { name: "Neglect" }).check({ force: true });
}

/** The number that the page shows, once it does. */
export async function shownNumber({ page }) {
  const shown = page.getByRole("img", { name: /^The number is/ });
  await shown.waitFor();
  return (await shown.getAttribute("aria-label")).replace(/\D/g, "");
}

export async function unlock({ computer }, person) {
  await person.page.goto("/unlock");
  await person.page.getByRole("button", { name: "Unlock with my device" }).click();
  await approve(computer, { number: await shownNumber(person), pin: LEAD.pin });
  await eventually("the records open", async () => !person.page.url().endsWith("/unlock"));
}
