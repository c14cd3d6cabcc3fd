/** What is typed into the form, how it is checked, and how it becomes the body that is sent. */
import type { PupilName, PupilRole, RecordConcern } from "../../api/shapes";
import type { Attached } from "../../drafts/draft";
import { record as text } from "../../words/en";
import { localDate } from "../../words/when";

export type Chosen = PupilName & { role: PupilRole };
export type When = "now" | "today" | "another";

export type Fields = {
  pupils: Chosen[];
  nobody: boolean;
  categories: string[];
  narrative: string;
  when: When;
  /** When the form was begun: "just now" means then, not whenever it was sent. */
  begunAt: string;
  date: string;
  time: string;
  about: boolean;
  urgent: boolean;
  childWords: string;
  location: string;
  told: "yes" | "no" | undefined;
  toldWhom: string;
  staff: string;
  files: Attached[];
};

export function emptyFields(now: Date): Fields {
  return {
    pupils: [],
    nobody: false,
    categories: [],
    narrative: "",
    when: "now",
    begunAt: now.toISOString(),
    date: "",
    time: "",
    about: false,
    urgent: false,
    childWords: "",
    location: "",
    told: undefined,
    toldWhom: "",
    staff: "",
    files: [],
  };
}

/** Whether there is anything in it that somebody would miss. */
export function hasContent(fields: Fields): boolean {
  const { pupils, categories, narrative, childWords, location, toldWhom, staff, files } = fields;
  const typed = [narrative, childWords, location, toldWhom, staff].some((words) => words.trim());
  return typed || pupils.length > 0 || categories.length > 0 || files.length > 0;
}

type Missing = Partial<Record<"pupils" | "narrative" | "categories" | "occurred_at", string>>;

/** What still has to be said before it can be sent, by the field it is about. */
export function check(fields: Fields, now: Date): Missing {
  const missing: Missing = {};
  if (fields.pupils.length === 0 && !fields.nobody) missing.pupils = text.who.missing;
  if (!fields.narrative.trim()) missing.narrative = text.what.missing;
  else if ([...fields.narrative.trim()].length > 20_000) missing.narrative = text.what.tooLong;
  if (fields.categories.length === 0) missing.categories = text.category.missing;
  if (fields.when === "today" && !fields.time) missing.occurred_at = text.when.missingTime;
  if (fields.when === "another" && !fields.date) missing.occurred_at = text.when.missingDay;
  if (!missing.occurred_at && occurred(fields, now).at.getTime() > now.getTime() + 60_000) {
    missing.occurred_at = text.when.future;
  }
  return missing;
}

/** When it happened, and how surely. A day alone stands at noon, so that no time zone moves it. */
export function occurred(fields: Fields, now: Date): { at: Date; precision: RecordConcern["occurred_precision"] } {
  if (fields.when === "now") return { at: new Date(fields.begunAt), precision: "exact" };
  const date = fields.when === "today" ? localDate(now) : fields.date;
  if (!fields.time) {
    const noon = new Date(`${date}T12:00`);
    return { at: date === localDate(now) && noon > now ? now : noon, precision: "day" };
  }
  return { at: new Date(`${date}T${fields.time}`), precision: fields.about ? "about" : "exact" };
}

export function toBody(fields: Fields, now: Date): RecordConcern {
  const { at, precision } = occurred(fields, now);
  const said = (words: string) => words.trim() || null;
  return {
    pupils: fields.nobody ? [] : fields.pupils.map(({ id, role }) => ({ pupil: id, role })),
    categories: fields.categories,
    occurred_at: at.toISOString().replace(/\.\d+Z$/, "Z"),
    occurred_precision: precision,
    narrative: fields.narrative.trim(),
    child_words: said(fields.childWords),
    location: said(fields.location),
    told_lead: fields.told === undefined ? null : fields.told === "yes",
    told_whom: fields.told === "yes" ? said(fields.toldWhom) : null,
    staff_present: said(fields.staff),
    urgent: fields.urgent,
  };
}
