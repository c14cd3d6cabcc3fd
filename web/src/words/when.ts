/** Dates and times as they are said, in the reader's own time zone. */

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function timeOf(instant: string | Date): string {
  return clock.format(new Date(instant));
}

/** The calendar day: "today", "yesterday", "Mon 3 November", with the year once it is another. */
export function dayOf(instant: string | Date, now: Date = new Date()): string {
  const date = new Date(instant);
  const ago = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (ago === 0) return "today";
  if (ago === 1) return "yesterday";
  if (ago === -1) return "tomorrow";
  return date.getFullYear() === now.getFullYear() ? day.format(date) : dayAndYear.format(date);
}

export function dayAndTime(instant: string | Date, now?: Date): string {
  return `${dayOf(instant, now)}, ${timeOf(instant)}`;
}

/** An instant as somebody recorded it: to the minute, about, or only the day. */
export function asRecorded(instant: string, precision: "exact" | "day" | "about", now?: Date): string {
  if (precision === "day") return dayOf(instant, now);
  const said = dayAndTime(instant, now);
  return precision === "about" ? `${said}, about` : said;
}

/** A date without a time (`2026-11-23`), in full. */
export function dateInFull(date: string): string {
  return dayAndYear.format(new Date(`${date.slice(0, 10)}T12:00:00`));
}

/** Minutes and seconds left: "4:05"; never below zero. */
export function left(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `2026-11-23` for the reader's calendar, as date fields want it. */
export function localDate(now: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function startsSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
