import { useSyncExternalStore } from "react";
import { current, type State, subscribe } from "../api/session";
import type { Member, Session } from "../api/shapes";

export function useSessionState(): State {
  return useSyncExternalStore(subscribe, current);
}

/** The session of somebody who is signed in; pages behind the sign-in may rely on it. */
export function useSession(): Session {
  const state = useSessionState();
  if (state.phase !== "in") throw new Error("a page behind the sign-in was drawn without a session");
  return state.session;
}

export function useMember(): Member {
  const { member } = useSession();
  if (!member) throw new Error("a page of a school was drawn before a school was chosen");
  return member;
}
