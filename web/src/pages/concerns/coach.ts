/**
 * The writing coach: plain rules over what is being written, in this browser only.
 *
 * It never blocks, never changes a word, and is no language model: each rule is one pattern and one
 * sentence. A rule speaks once however often it is met.
 */

export type Rule = "initials" | "noTime" | "opinion" | "vague" | "speech" | "short" | "photograph";
export type Hint = { rule: Rule; found: string };

/** Letters that a school writes without meaning anybody. */
const ABBREVIATIONS = new Set(
  (
    "TA PE RE IT DT TV UK EU AM PM OK ID GP QR DSL SEN SLT HLTA PPA EAL FSM LAC CIN CP SENCO MASH " +
    "LADO CAMHS NHS AE EHCP PSHE KS RP PC CD DVD WC BBC"
  ).split(" "),
);

const INITIALS = /(?<![\p{L}\p{N}.])(?:\p{Lu}\.\s?){2,3}(?!\p{Ll})|(?<![\p{L}\p{N}'’.&])\p{Lu}{2,3}(?![\p{L}\p{N}&])/gu;
const TIME =
  /\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:am|pm|o['’]?clock)\b|\b(?:half|quarter)\s(?:past|to)\b|\b(?:morning|afternoon|evening|night|noon|midday|midnight|lunch(?:time|break)?|break(?:time)?|playtime|registration|assembly|period\s?\w+|lesson\s?\w+|pick[- ]?up|drop[- ]?off|home\s?time|(?:before|after)\s(?:school|class)|today|yesterday|on\s(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/i;
const OPINION =
  /\b(?:I\s(?:think|feel|believe|guess|suspect|assume)|in\smy\s(?:view|opinion)|obviously|clearly|probably|presumably|apparently|definitely|typical(?:ly)?|as\susual|attention[- ]seeking|manipulative|always|never)\b/i;
const VAGUE =
  /\b(?:inappropriate(?:ly)?|kicked\soff|in\sa\sstate|not\s(?:him|her|them)self|acting\s(?:weird|strange|odd)(?:ly)?|funny|weird|dodgy|challenging|aggressive(?:ly)?|upset|unkempt|disclosed)\b/i;
const SPEECH = /\b(?:said|says|told\sme|told\sus|shouted|whispered|asked|replied)\b/i;
const PHOTOGRAPH = /\b(?:photo(?:graph)?s?|picture)\b[^.]{0,40}\b(?:bruis|injur|mark|cut|burn|wound)/i;

/** What might be better, most useful first. `childWords` is the other field, so as not to nag. */
export function coach(narrative: string, childWords = ""): Hint[] {
  const text = narrative.trim();
  if (text.length < 12) return [];
  const hints: Hint[] = [];
  const photograph = PHOTOGRAPH.exec(text);
  if (photograph) hints.push({ rule: "photograph", found: photograph[0] });
  const initials = [...text.matchAll(INITIALS)].map(([found]) => found.trim()).find(isSomebody);
  if (initials) hints.push({ rule: "initials", found: initials });
  const opinion = OPINION.exec(text);
  if (opinion) hints.push({ rule: "opinion", found: opinion[0] });
  const vague = VAGUE.exec(text);
  if (vague) hints.push({ rule: "vague", found: vague[0] });
  if (SPEECH.test(text) && !childWords.trim()) hints.push({ rule: "speech", found: "" });
  if (text.length > 60 && !TIME.test(text)) hints.push({ rule: "noTime", found: "" });
  if (text.length < 40) hints.push({ rule: "short", found: "" });
  return hints;
}

function isSomebody(found: string): boolean {
  return !ABBREVIATIONS.has(found.replace(/[.\s]/g, ""));
}
