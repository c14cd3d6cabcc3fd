// Looking at a page as its readers do: with assistive technology's eyes, and at three widths.

import { mkdirSync } from "node:fs";

const folder = process.env.SAFEHOLD_ARTEFACTS;

/** The widths of a phone, a tablet and a desk, with heights to match. */
const WIDTHS = { 390: 844, 820: 1180, 1440: 900 };

/** Refuses the page if axe finds anything, then photographs it at every width. */
export async function look(page, name) {
  const before = page.viewportSize();
  // A page is there once its heading is, and what it asked the server for.
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.getByText("Loading", { exact: true }).waitFor({ state: "detached" });
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map((rule) => `${rule.id}: ${rule.help}\n    ${rule.nodes.map((node) => node.html).join("\n    ")}`);
  });
  if (folder) {
    mkdirSync(folder, { recursive: true });
    for (const [width, height] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width: Number(width), height });
      await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
    }
    await page.setViewportSize(before);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) found.push(`the page is ${wide} px wider than the window (${before.width} px)`);
  if (found.length > 0) throw new Error(`${name}:\n  ${found.join("\n  ")}`);
}
