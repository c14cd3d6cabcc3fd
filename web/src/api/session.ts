/**
 * Who is signed in, in this tab's memory only.
 *
 * The cookie says which session this is; the access token, minted from it, lives five minutes and is
 * never stored. A session that ends while somebody is writing does not end the page: `askAgain`
 * shows the sign-in over it, and whatever was being sent goes on afterwards.
 *
 * A page is one person's for as long as it lives. What they wrote, have waiting or were shown is in it, and a
 * token of the next one at the same desk would send it in that one's name: they are given a page of their own.
 */
import type { ProblemBody, Session } from "./shapes";

export type State =
  { phase: "starting" } | { phase: "away" } | { phase: "out" } | { phase: "in"; session: Session; asking: boolean };

type Answer = { session: Session } | { refused: ProblemBody | "offline" };
const OFFLINE: Answer = { refused: "offline" };

let state: State = { phase: "starting" };
let renewal: ReturnType<typeof setTimeout> | undefined;
let minting: Promise<Answer> | undefined;
let asked: { promise: Promise<boolean>; answer: (signedIn: boolean) => void } | undefined;
const listeners = new Set<() => void>();
const tabs = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("safehold-session");

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function current(): State {
  return state;
}

export function accessToken(): string | undefined {
  return state.phase === "in" ? state.session.access_token : undefined;
}

let owner: { account: string; member: string | undefined } | undefined;

function isSomebodyElses({ account, member }: Session): boolean {
  if (!owner) return false;
  return owner.account !== account.email || Boolean(owner.member && member && owner.member !== member.id);
}

function become(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Takes a session that some call has answered with, and keeps its token fresh. */
export function adopt(session: Session): void {
  clearTimeout(renewal);
  if (isSomebodyElses(session)) return location.replace("/");
  owner = { account: session.account.email, member: session.member?.id ?? owner?.member };
  renewal = setTimeout(() => void mint(), Math.max(20, session.expires_in - 60) * 1000);
  countIdle(session);
  become({ phase: "in", session, asking: false });
  asked?.answer(true);
  asked = undefined;
}

let idle: { unlock: string; length: number; until: number } | undefined;

/** Until when the records stay open if nothing more is asked for; in this clock's milliseconds. */
export function idleUntil(): number | undefined {
  if (state.phase !== "in" || !state.session.unlock || !idle) return undefined;
  return Math.min(idle.until, Date.parse(state.session.unlock.ends_at));
}

/** The server counts idleness from the last request of somebody who is here; so does the countdown. */
export function noteUse(): void {
  if (idle) idle.until = Date.now() + idle.length;
}

/** For how many milliseconds the server has heard of nobody who uses the open records. */
export function unusedFor(): number {
  return idle ? idle.length - (idle.until - Date.now()) : 0;
}

function countIdle({ unlock }: Session): void {
  if (!unlock) {
    idle = undefined;
    return;
  }
  const until = Date.parse(unlock.idle_until);
  const length = idle?.unlock === unlock.id ? idle.length : Math.max(0, until - Date.now());
  idle = { unlock: unlock.id, length, until };
}

/** Shuts the records in this tab without waiting for the server. */
export function dropUnlock(): void {
  idle = undefined;
  if (state.phase === "in") become({ ...state, session: { ...state.session, level: "signed_in", unlock: null } });
}

/** Forgets the session in this tab. */
export function forget(): void {
  clearTimeout(renewal);
  idle = undefined;
  asked?.answer(false);
  asked = undefined;
  become({ phase: "out" });
}

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = {};
  const token = accessToken();
  if (token) headers["Authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return fetch(path, {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

async function sessionFrom(request: Promise<Response>): Promise<Answer> {
  let response: Response;
  try {
    response = await request;
  } catch {
    return OFFLINE;
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body) return { session: body as Session };
  return {
    refused: (body as ProblemBody | undefined) ?? { type: "", title: "", status: response.status },
  };
}

/** A new access token from the cookie. Many callers at once share one call. */
export function mint(): Promise<Answer> {
  minting ??= mintOnce().finally(() => (minting = undefined));
  return minting;
}

async function mintOnce(): Promise<Answer> {
  const answer = (await hasLeft()) ? await sessionFrom(call("POST", "/v1/session/token")) : OFFLINE;
  if ("session" in answer) {
    adopt(answer.session);
  } else if (answer.refused !== "offline" && answer.refused.status === 401) {
    // Whoever is in the middle of something keeps their page and is asked to sign in over it.
    if (state.phase === "in") void askAgain();
    else become({ phase: "out" });
  } else if (state.phase === "in") {
    clearTimeout(renewal);
    renewal = setTimeout(() => void mint(), 15_000);
  } else {
    become({ phase: "away" });
  }
  return answer;
}

export async function signIn(email: string, password: string): Promise<Answer> {
  if (!(await hasLeft())) return OFFLINE;
  const answer = await sessionFrom(call("POST", "/v1/session", { email, password }));
  if ("session" in answer) adopt(answer.session);
  return answer;
}

export async function chooseSchool(school: string): Promise<Answer> {
  const answer = await sessionFrom(call("POST", "/v1/session/school", { school }));
  if ("session" in answer) adopt(answer.session);
  return answer;
}

/** Ends the session on the server, here, and in the other tabs. */
export async function signOut(): Promise<void> {
  stored()?.setItem(LEAVING, "yes");
  await leave();
  forget();
  tabs?.postMessage("out");
}

/** Set from when somebody signs out until the server knows of it: the cookie is not this page's to throw away. */
const LEAVING = "safehold-leaving";
let leaving: Promise<boolean> | undefined;

/** Whether the server knows that whoever signed out in this browser has gone; told again, if it does not. */
async function hasLeft(): Promise<boolean> {
  return stored()?.getItem(LEAVING) ? leave() : true;
}

function leave(): Promise<boolean> {
  leaving ??= call("DELETE", "/v1/session")
    .then(({ ok, status }) => {
      const gone = ok || status === 401;
      if (gone) stored()?.removeItem(LEAVING);
      return gone;
    })
    .catch(() => false)
    .finally(() => (leaving = undefined));
  return leaving;
}

/** A browser may be told to keep nothing, and then throws at the very question. */
function stored(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** Shows the sign-in over the page; resolves with whether somebody signed in. */
export function askAgain(): Promise<boolean> {
  if (!asked) {
    let answer: (signedIn: boolean) => void = () => undefined;
    const promise = new Promise<boolean>((resolve) => (answer = resolve));
    asked = { promise, answer };
    if (state.phase === "in") become({ ...state, asking: true });
  }
  return asked.promise;
}

/** Tells the other tabs that the records were locked or opened, so that none shows what is shut. */
export function tellOtherTabs(): void {
  tabs?.postMessage("level");
}

tabs?.addEventListener("message", (event: MessageEvent<string>) => {
  if (event.data === "out") forget();
  if (event.data === "level") void mint();
});
