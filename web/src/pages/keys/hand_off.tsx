import type { UnlockStarted } from "../../api/shapes";
import { buttonLook } from "../../parts/Button";
import { handOff as text } from "../../words/en.keys";

/** Opens the app on this very device: by its own scheme on a computer, by the link it has claimed on a phone. */
export function OpenOnThisDevice({ started }: { started: UnlockStarted }) {
  return (
    <>
      <h2>{text.heading}</h2>
      <p>{text.how}</p>
      {/* A plain link: whether anything has taken it only the system knows, so this page stays as it is. */}
      <a className={buttonLook("main", "large")} href={linkFor(started.id)}>
        {text.open}
      </a>
    </>
  );
}

/** A phone or tablet: there the system gives an address of ours to the app that has claimed it. */
export function isHeldInHand(): boolean {
  return window.matchMedia("(pointer: coarse) and (hover: none)").matches;
}

export function schemeFor(unlock: string): string {
  return `safehold:unlock?u=${unlock}&o=${location.origin}`;
}

function linkFor(unlock: string): string {
  return isHeldInHand() ? `${location.origin}/app/unlock?u=${unlock}` : schemeFor(unlock);
}
