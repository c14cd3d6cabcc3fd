import type { Session } from "../api/shapes";
import { NewKeys } from "./NewKeys";
import { ShortLook } from "./ShortLook";

/** What goes with open records on every page: what a short look is, and the work after a rotation. */
export default function OpenRecords({ unlock }: { unlock: NonNullable<Session["unlock"]> }) {
  return (
    <>
      {unlock.probation && <ShortLook />}
      {unlock.old_keys && <NewKeys unlock={unlock.id} />}
    </>
  );
}
