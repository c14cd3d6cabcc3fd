// Looking at a page as its readers do: with assistive technology's eyes, at three widths, enlarged, and in the dark.

import { mkdirSync } from "node:fs";

const folder = process.env.SAFEHOLD_ARTEFACTS;

/** The widths of a phone, a tablet and a desk, with heights to match. */
const WIDTHS = { 390: 844, 820: 1180, 1440: 900 };
/** A desk's window at 400 %: nothing may need scrolling sideways. */
const ENLARGED = { width: 320, height: 256 };

/** Refuses the page if axe finds anything or it is too wide, then photographs it at every width. */
export async function look(page, name, { dark = false } = {}) {
  const before = page.viewportSize();
  // A page is there once its heading is, and what it asked the server for.
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.getByText("Loading", { exact: true }).waitFor({ state: "detached" });
  const found = await axe(page);
  if (folder) mkdirSync(folder, { recursive: true });
  for (const [width, height] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: Number(width), height });
    found.push(...(await tooWide(page)));
    await photograph(page, `${name}-${width}`);
  }
  await page.setViewportSize(ENLARGED);
  found.push(...(await tooWide(page)));
  if (dark) {
    await page.emulateMedia({ colorScheme: "dark" });
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: WIDTHS[width] });
      found.push(...(await axe(page)).map((what) => `in the dark: ${what}`));
      await photograph(page, `${name}-dark-${width}`);
    }
    await page.emulateMedia({ colorScheme: null });
  }
  await page.setViewportSize(before);
  if (found.length > 0) throw new Error(`${name}:\n  ${found.join("\n  ")}`);
}

async function axe(page) {
  // A colour that is still on its way to another has no contrast to speak of.
  await page.evaluate(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  });
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(
      (rule) => `${rule.id}: ${rule.help}\n    ${rule.nodes.map((node) => node.html).join("\n    ")}`,
    );
  });
}

async function tooWide(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? [`the page is ${wide} px wider than the window (${page.viewportSize().width} px)`] : [];
}

/** The whole page as somebody with a window that tall would see it, so that what sticks to an edge sticks there. */
export async function photograph(page, name) {
  if (!folder) return;
  const { width, height } = page.viewportSize();
  const needed = await page.evaluate(() => {
    scrollTo(0, 0);
    return document.documentElement.scrollHeight;
  });
  if (needed > height) await page.setViewportSize({ width, height: needed });
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.setViewportSize({ width, height });
}
