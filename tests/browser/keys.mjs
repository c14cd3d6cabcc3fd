// Hands on a keyboard, and nothing else: where the focus is, that it can be seen, and how it gets there.

/** Presses Tab (or Shift+Tab) until the focus is on `target`; every stop on the way must be in sight. */
export async function tabTo(page, target, { back = false } = {}) {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    await inSight(page);
    if (await hasFocus(target)) return;
  }
  throw new Error(`the keyboard never came to ${target}`);
}

export async function hasFocus(target) {
  const found = await target.elementHandles();
  for (const element of found) if (await element.evaluate((one) => one === document.activeElement)) return true;
  return false;
}

/** Refuses a stop that shows no outline, or that lies beneath something else. */
export async function inSight(page) {
  const wrong = await page.evaluate(async () => {
    const element = document.activeElement;
    if (!element || element === document.body) return undefined; // the browser's own bar
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    // A field that is drawn by its label, or by what stands beside it, is outlined there.
    const drawn = [element, element.nextElementSibling, element.closest("label")].filter(Boolean);
    const outlined = drawn.find((one) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
    const what = element.outerHTML.slice(0, 160);
    if (!outlined) return `nothing shows that the focus is on ${what}`;
    const box = outlined.getBoundingClientRect();
    const at = [box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 20)];
    const hit = document.elementFromPoint(...at);
    const seen = hit && (outlined.contains(hit) || hit.contains(outlined));
    return seen
      ? undefined
      : `${what} has the focus beneath ${hit ? hit.outerHTML.slice(0, 160) : "the edge of the window"}`;
  });
  if (wrong) throw new Error(wrong);
}
