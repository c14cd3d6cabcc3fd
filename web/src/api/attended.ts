/**
 * Whether somebody is at this page.
 *
 * Pages ask by themselves what is new, and the server ends what nobody uses. So a request is marked as the
 * page's own once nobody has touched it for a minute: a desk that was left falls shut with its page in sight.
 */
const RECENTLY = 60_000; // milliseconds
let touched = Date.now();

const touch = (event: Event) => {
  if (event.isTrusted) touched = Date.now();
};
if (typeof window !== "undefined") {
  for (const sign of ["pointerdown", "keydown", "wheel", "touchmove"])
    window.addEventListener(sign, touch, { capture: true, passive: true });
}

export function isAttended(): boolean {
  return Date.now() - touched < RECENTLY;
}

export const UNATTENDED = "Safehold-Unattended";

/** Says with a request, by whatever sets its headers, that it is the page's own; nothing if somebody is here. */
export function mark(setHeader: (name: string, value: string) => void): void {
  if (!isAttended()) setHeader(UNATTENDED, "?1");
}
