/** What went wrong, in the words a person reads: what happened, what is kept, what to do. */
import { problems } from "../words/en";
import type { ProblemBody } from "./shapes";

/** What a page shows: one sentence or two, and where in the form to look. */
export type Refusal = { slug: string; status: number; words: string; fields: Record<string, string> };

export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.slug);
  }
}

const known: Record<string, string> = problems.known;

export function slugOf(problem: Pick<ProblemBody, "type">): string {
  return problem.type.split("/").pop() ?? "";
}

/** The words for a problem document; an unknown type falls back on its status. */
export function words(problem: ProblemBody): Refusal {
  const slug = slugOf(problem);
  const fields: Record<string, string> = {};
  for (const { pointer, detail } of problem.errors ?? []) {
    fields[pointer.replace(/^\//, "").split("/")[0] ?? ""] ??= detail;
  }
  const said = known[slug] ?? (problem.title || byStatus(problem.status));
  // Where the server knows more about this very case, its sentence belongs to ours.
  const more = DETAILED.has(slug) && problem.detail ? ` ${problem.detail}` : "";
  return { slug, status: problem.status, words: said + more, fields };
}

const DETAILED = new Set(["invalid-roster", "already-done"]);

function byStatus(status: number): string {
  if (status === 0) return problems.offline;
  if (status === 404) return problems.notFound;
  if (status === 429) return problems.tooMany;
  if (status >= 500) return problems.server;
  return problems.other;
}

/** The words for whatever a query or a mutation threw. */
export function explain(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  return { slug: "offline", status: 0, words: problems.offline, fields: {} };
}

/** Unwraps an `openapi-fetch` answer: the data, or a throw that `explain` understands. */
export async function ask<T>(answer: Promise<{ data?: T; error?: ProblemBody; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  throw new Refused(words(error ?? { type: "", title: "", status: response.status }));
}

/** Whether the same thing, sent again later, may well succeed. */
export function mayPass(refusal: Refusal): boolean {
  return refusal.status === 0 || refusal.status === 429 || refusal.status >= 500;
}
