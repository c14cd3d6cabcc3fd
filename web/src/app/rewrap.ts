/**
 * The work after a rotation: while the records are open, those that are sealed to an old key are sealed to
 * the new one, a small batch at a time. Only an unlocked session can do it, so no server job could; and
 * nobody has to think of it.
 *
 * Each batch is whole or not at all on the server, so there is nothing to remember here: whoever unlocks
 * next goes on where this one stopped.
 */
export type Batch = { more: boolean } | { again: true } | { stop: true };

export type Hands = {
  /** Asks for one batch. */
  batch: () => Promise<Batch>;
  /** Waits between two batches, longer after each one in a row that failed. */
  pause: (failures: number) => Promise<void>;
  /** Whether the records are still open, and nobody has said to stop. */
  mayGoOn: () => boolean;
};

/** Rows in one batch: few enough that whoever writes at the same moment does not notice. */
export const BATCH = 200;
/** Failures in a row after which it is left to the next unlock. */
const PATIENCE = 8;

/** Goes on until nothing is left; whether that was reached. */
export async function sealToNewKeys({ batch, pause, mayGoOn }: Hands): Promise<boolean> {
  for (let failures = 0; mayGoOn(); ) {
    const done = await batch();
    if ("stop" in done) return false;
    if ("again" in done) {
      failures += 1;
      if (failures > PATIENCE) return false;
    } else {
      if (!done.more) return true;
      failures = 0;
    }
    await pause(failures);
  }
  return false;
}
