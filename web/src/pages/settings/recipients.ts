import type { Person } from "../../api/shapes";

/** As many are offered at once. */
const MOST = 20;

/** Whom to show of those who may be told: the chosen, whatever is being looked for, and the first who fit; and how many more do. */
export function offered(people: Person[], chosen: string[], wanted: string): { shown: Person[]; more: number } {
  const needle = wanted.trim().toLowerCase();
  const isChosen = ({ id }: Person) => chosen.includes(id);
  const fitting = people.filter((person) => !isChosen(person) && person.name.toLowerCase().includes(needle));
  const first = new Set(fitting.slice(0, MOST));
  return {
    shown: people.filter((person) => isChosen(person) || first.has(person)),
    more: fitting.length - first.size,
  };
}
