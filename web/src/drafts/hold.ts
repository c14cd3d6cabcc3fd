/** What one tab works on and no other: held until it is let go, or the tab is gone. */
export type Hold = (name: string) => Promise<(() => void) | undefined>;

/** Holds this name, or nothing if another tab does. Where browsers cannot tell, every tab does. */
export const hold: Hold = (name) => {
  if (typeof navigator === "undefined" || !("locks" in navigator)) return Promise.resolve(() => undefined);
  return new Promise((answer) => {
    const held = navigator.locks.request(`safehold-${name}`, { ifAvailable: true }, (lock) => {
      if (!lock) return answer(undefined);
      return new Promise<void>((release) => answer(release));
    });
    held.catch(() => answer(() => undefined));
  });
};
