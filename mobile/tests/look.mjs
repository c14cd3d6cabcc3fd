// Looks at the pages that the `states` example wrote. See scripts/app-states.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const require = createRequire(new URL("../../tests/browser/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [pages, out] = process.argv.slice(2);
const LOOKS = [
  { name: "phone", width: 390, height: 844 },
  { name: "phone-dark", width: 390, height: 844, colorScheme: "dark" },
  { name: "phone-large-text", width: 390, height: 844, text: 200 },
  { name: "small-phone", width: 320, height: 568 },
  { name: "tablet", width: 820, height: 1180 },
  { name: "tablet-dark", width: 820, height: 1180, colorScheme: "dark" },
  { name: "desk", width: 1280, height: 900 },
  { name: "desk-dark", width: 1280, height: 900, colorScheme: "dark" },
  { name: "desk-large-text", width: 1280, height: 900, text: 200 },
];

/** What is wrong with a page, by measuring it. */
function measure() {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push(`scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);
  for (const pressed of document.querySelectorAll("button, input, textarea, summary, label.check")) {
    if (pressed.matches("label.check input")) continue;
    const { width, height } = pressed.getBoundingClientRect();
    if (width === 0) continue;
    const least = pressed.matches(".key") ? 76 : 48;
    if (height < least || width < least) wrong.push(`#${pressed.id || pressed.className} is ${width}x${height}`);
  }
  for (const text of document.querySelectorAll("main *")) {
    if (text.scrollWidth > text.clientWidth + 1 && getComputedStyle(text).overflowX === "hidden" && !text.matches(".visually-hidden"))
      wrong.push(`${text.className} is cut off`);
  }
  return wrong;
}

const browser = await chromium.launch({ executablePath: process.env.SAFEHOLD_CHROMIUM, args: ["--no-sandbox"] });
const names = readdirSync(pages).filter((file) => file.endsWith(".html")).map((file) => basename(file, ".html"));
let [looked, failed] = [0, 0];
for (const { name: look, width, height, colorScheme = "light", text = 100 } of LOOKS) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: false });
  const page = await context.newPage();
  for (const name of names) {
    await page.goto(`file://${join(pages, `${name}.html`)}`);
    if (text !== 100) await page.addStyleTag({ content: `:root { font-size: ${text}% }` });
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate(() => document.querySelectorAll("details").forEach((more) => (more.open = true)));
    const wrong = await page.evaluate(measure);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
    wrong.push(...violations.map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ target, any }) => `${target} ${any.map(({ message }) => message)}`).join("; ")}`));
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(out, `${name}-${look}.png`), fullPage: true });
    looked += 1;
    if (wrong.length > 0) failed += 1;
    for (const line of wrong) console.log(`${name} on ${look}: ${line}`);
  }
  await context.close();
}
await browser.close();
console.log(`# pass ${looked - failed}\n# fail ${failed}`);
process.exitCode = failed === 0 && looked > 0 ? 0 : 1;
