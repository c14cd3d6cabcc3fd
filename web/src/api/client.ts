/** The one way to the server: typed by the contract, signed with the token, patient with 401. */
import createClient from "openapi-fetch";
import { isAttended, UNATTENDED } from "./attended";
import { accessToken, askAgain, mint, noteUse } from "./session";
import type { paths } from "./schema";

/** Sends with a fresh token; once refused for want of one, gets another and sends again. */
async function send(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await fetch(signed(request));
  if (response.ok && !request.headers.has(UNATTENDED.name)) noteUse();
  if (response.status !== 401) return response;
  const answer = await mint();
  const mayRepeat = "session" in answer || (answer.refused !== "offline" && (await askAgain()));
  return mayRepeat ? fetch(signed(spare)) : response;
}

function signed(request: Request): Request {
  const token = accessToken();
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  if (!isAttended()) request.headers.set(UNATTENDED.name, UNATTENDED.value);
  return request;
}

export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  credentials: "same-origin",
  cache: "no-store",
  fetch: send,
});
