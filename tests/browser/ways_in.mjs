// The other ways to open the records: a code on paper where there is no signal, the app on the same screen, and
// what a page at another address gets that plays its victim's browser. And what the first unlock after a rotation
// does by itself.

import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";

import { openLink, paperCodes, rotate, rotations } from "./authenticator.mjs";
import { LEAD, PUPIL, school, signIn, unlock } from "./opened.mjs";
import { eventually } from "./process.mjs";

const SEEN = "Omar would not take his coat off, and said that he was cold at night.";

const here = school();
const { step } = here;
let codes;
let own; // the lead's own browser

/** Stands between a person and Safehold, at another address: passes everything on, both ways, as if from there. */
function standBetween(origin) {
  const there = new URL(origin);
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, host: there.host };
    if (headers.origin) headers.origin = origin;
    if (headers.referer) headers.referer = `${origin}/`;
    const { method, url: path } = incoming;
    const onward = ask({ host: there.hostname, port: there.port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  return new Promise((resolve) => {
    // Another host to a browser, which keeps cookies by host and not by port.
    server.listen(0, "localhost", () => {
      resolve({ origin: `http://localhost:${server.address().port}`, stop: () => server.close() });
    });
  });
}

async function record({ page }) {
  await page.goto("/record");
  await page.getByRole("combobox", { name: "Who is it about?" }).pressSequentially("Om", { delay: 30 });
  await page.getByRole("option", { name: PUPIL }).click();
  await page.getByLabel("What happened?").fill(SEEN);
  const kinds = page.getByRole("group", { name: "What kind of concern is it?" });
  await kinds.getByRole("checkbox").first().check({ force: true });
  await page.getByRole("button", { name: "Send to the safeguarding team" }).click();
  await page.getByRole("heading", { name: "Thank you. It has arrived." }).waitFor();
}

async function lock({ page }) {
  await page.getByRole("button", { name: /^Lock/ }).first().click();
  await page.getByRole("button", { name: "Unlock with my device" }).waitFor();
}

async function typeCode(page, code) {
  await page.goto("/unlock");
  await page.getByRole("button", { name: /No signal on your phone/ }).click();
  await page.getByLabel("Code on paper").fill(code);
  await page.getByRole("button", { name: "Open the records" }).click();
}

async function level({ page }) {
  return page.evaluate(async () => (await (await fetch("/v1/session/token", { method: "POST" })).json()).level);
}

// Five times an hour may somebody ask to unlock: each step below is one, and the paper two.

step("a new browser on the app's own screen opens without a number, and is known from then on", async () => {
  await record(here.lead);
  own = await here.person({ width: 820, height: 1180 });
  const { page } = own;
  await page.goto("/");
  await signIn(own, LEAD);
  await page.getByRole("button", { name: "The app is on this device" }).waitFor();
  await own.look("70-unlock-ways", { dark: true });
  await page.getByRole("button", { name: "The app is on this device" }).click();
  const button = page.getByRole("link", { name: "Open the Safehold app" });
  await button.waitFor();
  await own.look("71-open-the-app", { dark: true });
  const link = await button.getAttribute("href");
  assert.match(link, /^safehold:unlock\?u=unl_[0-9a-f]{32}&o=http:\/\/127\.0\.0\.1:\d+$/);

  const { return_url: back } = await openLink(here.computer, link, LEAD.pin);
  assert.ok(back.startsWith(`${here.school.origin}/app/return#`));
  // The app opens it as a page of its own; the one that asked waits in its window.
  const second = await own.context.newPage();
  await second.goto(back);
  await second.getByRole("heading", { name: /Good to see you|Today/ }).waitFor();
  assert.ok(!second.url().includes("#"), "the token stands in the address bar");
  await eventually("the page that asked goes on too", async () => page.url().endsWith("/dashboard"));
  await second.close();
  assert.equal(await page.getByText("This browser is new").count(), 0, "a short look");
  await lock(own);
});

step("in a room without signal a code on paper opens the records, once", async () => {
  codes = await paperCodes(here.computer, LEAD.pin);
  assert.equal(codes.length, 10);
  const { page } = own;
  await typeCode(page, (codes[0].startsWith("7") ? "8" : "7") + codes[0].slice(1));
  await page.getByText("there is a slip in it").waitFor();
  await own.look("72-paper-code-slip");
  await page.getByLabel("Code on paper").fill(codes[0].toLowerCase());
  await page.getByRole("button", { name: "Open the records" }).click();
  await page.getByRole("heading", { name: /Good to see you|Today/ }).waitFor();
  await own.goTo("Concerns");
  await page.getByRole("link", { name: new RegExp(PUPIL) }).first().click();
  await page.getByText(SEEN).waitFor();

  await lock(own);
  await typeCode(page, codes[0]);
  await page.getByText("That code was not taken.").waitFor();
  await own.look("73-paper-code-refused", { dark: true });
  await page.getByRole("button", { name: "Use my device instead" }).click();
  await page.getByRole("button", { name: "Unlock with my device" }).waitFor();
  for (const message of here.mail.all()) {
    for (const code of codes) assert.ok(!message.raw.includes(code.slice(0, 9)), "a mail holds a code");
  }
});

step("a page at another address that plays its victim's browser gets nothing of the app", async () => {
  const between = await standBetween(here.school.origin);
  try {
    const victim = await here.person({ width: 1280, height: 720 });
    const { page } = victim;
    await page.goto(`${between.origin}/`);
    await signIn(victim, LEAD);
    await page.getByRole("button", { name: "The app is on this device" }).click();
    const link = await page.getByRole("link", { name: "Open the Safehold app" }).getAttribute("href");
    assert.ok(link.endsWith(`&o=${between.origin}`));
    // As it is, the app stops. So the false page writes Safehold's own address into it.
    await assert.rejects(openLink(here.computer, link, LEAD.pin), /not at the address of your school/);
    const forged = link.replace(between.origin, here.school.origin);
    const { return_url: back } = await openLink(here.computer, forged, LEAD.pin);
    assert.ok(back.startsWith(`${here.school.origin}/app/return#`));

    // The app opens Safehold itself: where the victim is signed in nowhere, and in a browser that is theirs.
    const fresh = await here.person({ width: 390, height: 844 });
    await fresh.page.goto(back);
    await fresh.page.getByText("Nobody is signed in to Safehold in this browser").waitFor();
    await fresh.look("74-hand-off-signed-out");
    await own.page.goto(back);
    await own.page.getByText("This browser did not ask").waitFor();
    await own.look("75-hand-off-refused", { dark: true });
    await page.getByRole("button", { name: "Start again" }).waitFor();
    assert.equal(await level(victim), "signed_in");
    assert.equal((await victim.ask("GET", "/v1/concerns")).status, 403);
    assert.equal(await level(own), "signed_in");
  } finally {
    between.stop();
  }
});

step("after a rotation the next unlock moves what is old by itself", async () => {
  await rotate(here.computer, "safeguarding", LEAD.pin);
  const [old] = await rotations(here.computer);
  assert.ok(old.records_left > 0, "nothing to move");
  await unlock(here, own);
  await eventually("nothing is sealed to the old key", async () => {
    const [now] = await rotations(here.computer);
    return now.records_left === 0;
  });
  const { page } = own;
  await own.goTo("Concerns");
  await page.getByRole("link", { name: new RegExp(PUPIL) }).first().click();
  await page.getByText(SEEN).waitFor();
});

step("no page broke its own policy", async () => {
  assert.deepEqual(here.browser.complaints(), []);
});
