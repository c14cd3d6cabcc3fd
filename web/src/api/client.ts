/** The one way to the server: typed by the contract, signed with the token, patient with 401. */
import createClient from "openapi-fetch";
import { mark, UNATTENDED } from "./attended";
import { accessToken, askAgain, mint, noteUse } from "./session";
import type { paths } from "./schema";

/** Sends with a fresh token; once refused for want of one, gets another and sends again. */
async function send(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await fetch(signed(request));
  if (response.ok && !request.headers.has(UNATTENDED)) noteUse();
  if (response.status !== 401) return response;
  const answer = await mint();
  const mayRepeat = "session" in answer || (answer.refused !== "offline" && (await askAgain()));
  return mayRepeat ? fetch(signed(spare)) : response;
}

function signed(request: Request): Request {
  const token = accessToken();
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  mark((name, value) => request.headers.set(name, value));
  return request;
}

export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  credentials: "same-origin",
  cache: "no-store",
  fetch: send,
});
