import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { Person } from "../../api/shapes";

export const EVERYBODY = ["people"];

/** Everybody of the school by name, who has left as well: names are looked for here, so none may be on a page to come. */
export function useEverybody() {
  return useQuery({ queryKey: EVERYBODY, queryFn: everybody });
}

async function everybody(): Promise<Person[]> {
  const people: Person[] = [];
  let after: string | undefined;
  do {
    const page = await ask(api.GET("/v1/people", { params: { query: { after, limit: 100 } } }));
    people.push(...page.items);
    after = page.next ?? undefined;
  } while (after);
  return people.sort((one, other) => one.name.localeCompare(other.name));
}
