/** English: the screens of an administrator. */
import { common, problems } from "./en";

// What is said to the office only: a reporter's first page comes without it.
Object.assign(problems.known, {
  "alert-rule-without-recipient": "Choose at least one person to tell.",
  "invalid-roster": "This is not a roster that can be read.",
  "two-hats": "Lock the records first: administration is done without them open.",
});

export const office = {
  lockedOut: "These pages are kept apart from the records.",
  lockedOutHint: "Lock the records first, then come back.",
  saved: "Saved",
};

export const people = {
  heading: "People",
  lead: "Everyone who works in the school may record concerns. There is no limit.",
  invite: "Invite a person",
  name: "Name",
  email: "E-mail address",
  roles: "Roles",
  rolesHint: "Everyone records concerns. Keys are not given here: a key holder grants them, face to face.",
  role: { reporter: "Records concerns", administrator: "Administrator", auditor: "Auditor" },
  roleHint: {
    administrator: "People, categories, alert rules, imports. Sees no record.",
    auditor: "Numbers and the log. Sees no record.",
  },
  state: { active: "Active", invited: "Invited", left: "Left" },
  keyHolder: "Holds a key",
  noEmail: "No e-mail address",
  send: "Send the invitation",
  invited: (email: string) => `An invitation is on its way to ${email}.`,
  again: "Invite again",
  sentAgain: "Sent again.",
  edit: (name: string) => `Change ${name}`,
  change: "Change",
  leave: "Has left the school",
  leaveShort: "Has left",
  leaveSure: (name: string) => `${name} has left?`,
  leaveWords:
    "Their sign-in ends at once. What they recorded stays. If they hold a key, a key holder must also withdraw it in the app, and hand over what they had to do, on the page “Who holds keys”.",
  comeBack: "Is back",
  filter: "Find a person",
  none: "Nobody matches.",
  missingName: "Type a name",
  missingEmail: "Type an e-mail address",
  count: (n: number) => common.count(n, "person", "people"),
};

export const categories = {
  heading: "Categories",
  lead: "What a concern can be about. A category is never deleted: records keep the word they were given.",
  add: "Add a category",
  edit: "Change",
  editName: (name: string) => `Change ${name}`,
  name: "Name",
  parent: "Within",
  noParent: "None: a category of its own",
  colour: "Colour",
  help: "What is meant by it",
  helpHint: "Shown to whoever chooses it. One sentence.",
  high: "High priority: looked at first, and not held back by quiet hours",
  compartment: "Who can open it",
  compartments: {
    pastoral: "Pastoral: the wider circle of key holders",
    safeguarding: "Safeguarding: the safeguarding team only",
  },
  compartmentFixed: "Chosen once. It decides to which key each concern is sealed.",
  inUse: "In use",
  inUseHint: "One that is not in use can no longer be chosen. Records that have it keep it.",
  disabled: "Out of use",
  highShort: "High priority",
  missing: "Type a name",
};

export const rules = {
  heading: "Alert rules",
  lead: "Who is told at once, of which concerns. The message says only that something waits.",
  add: "Add a rule",
  name: "Name of the rule",
  categories: "Of which kinds?",
  categoriesHint: "None ticked means all.",
  years: "About which year groups?",
  yearsHint: "Separate them with commas. Empty means all.",
  recipients: "Who is told?",
  recipientsHint: "People who have signed in at least once.",
  moreRecipients: (n: number) => `${n} more. Type a part of a name to find them.`,
  enabled: "In use",
  paused: "Paused",
  anyKind: "All kinds",
  anyYear: "All year groups",
  tells: (names: string) => `Tells ${names}`,
  edit: "Change",
  editName: (name: string) => `Change ${name}`,
  remove: "Delete",
  removeSure: (name: string) => `Delete the rule “${name}”?`,
  none: "No rule yet. Without one, nobody is told when a concern arrives, unless it is marked as urgent.",
  missingName: "Type a name for the rule",
  missingRecipients: "Choose at least one person",
};

export const imports = {
  heading: "Import pupils and staff",
  lead: "What your school's system exports as OneRoster or School Data Sync: an archive (.zip), or all of its CSV files at once. Nothing changes until you have seen what would.",
  choose: "Choose the export",
  drop: "or drop it here, archive or folder",
  files: (n: number) => (n === 1 ? "One file" : `${n} files`),
  formats: { "oneroster-1.1": "OneRoster 1.1", "oneroster-1.2": "OneRoster 1.2", sds: "School Data Sync" } as Record<
    string,
    string
  >,
  reading: "Reading",
  read: (percent: number) => `Sending, ${percent} %`,
  another: "Choose another export",
  format: "Format",
  schools: "Which schools?",
  schoolsHint: "The export holds more than one. None ticked means all.",
  would: "What would change",
  change: { added: "Added", changed: "Changed", unchanged: "The same", left: "Left" },
  leaversStay: "Who is missing from this export is not marked as having left: it does not say who is there.",
  contains: "The export holds",
  kinds: {
    pupils: "Pupils",
    staff: "Staff",
    contacts: "Contacts",
    classes: "Classes",
    schools: "Schools",
  } as Record<string, string>,
  refused: (n: number) => (n === 1 ? "One row cannot be read" : `${n} rows cannot be read`),
  refusedHint:
    "What cannot be read is left out; everything else is imported. Mend it in your school's system, then import again.",
  noneRefused: "Every row can be read.",
  file: "File",
  line: "Line",
  column: "Column",
  reason: "Why",
  import: "Import",
  importing: "Importing",
  done: "Imported",
  doneLead: "Names can be found from now on.",
  firstOf: (shown: number, all: number) => `The first ${shown} of ${all}.`,
};
