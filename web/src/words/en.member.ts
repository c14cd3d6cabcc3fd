/** English: what whoever signs in reads after the form, which must arrive first. */
import { common } from "./en";

export const receipts = {
  heading: "My receipts",
  lead: "What you sent, by its number. What you wrote is sealed and is not shown again.",
  none: "You have not sent anything yet.",
  noneHint: "When you do, its receipt stands here, with any reply.",
  reference: "Number",
  sent: "Received",
  files: (n: number) => common.count(n, "file", "files"),
  newReply: (n: number) => (n === 1 ? "New reply" : `${n} new replies`),
  replied: "Replied",
  thanks: "Thank you. It has arrived.",
  thanksLead: "The safeguarding team has been told. Keep this number if you want to speak about it.",
  status: {
    received: "Received",
    read: "Read",
    being_acted_on: "Being acted on",
    closed: "Closed",
  },
  statusMeaning: {
    received: "It is with the safeguarding team and waits to be read.",
    read: "Somebody in the safeguarding team has read it.",
    being_acted_on: "The safeguarding team is doing something about it.",
    closed: "The safeguarding team has finished with it and kept the record.",
  },
  replies: "Replies to you",
  noReplies: "No reply yet. There may not be one: not everything can be told.",
  from: (name: string, when: string) => `${name}, ${when}`,
  next: "What happens now",
  nextSteps: [
    "The right people are told at once that something waits.",
    "Somebody reads it, and the word above changes.",
    "If they need to ask you something, their reply stands here.",
  ],
  addition: {
    open: "Add to it or correct it",
    lead: "What you first wrote stays as it is. This stands beside it, with your name and the time.",
    text: "What should be added or corrected?",
    reason: "Why?",
    reasonHint: "For example: I remembered more; I had the wrong day.",
    send: "Send the addition",
    sent: "The addition has arrived.",
    missing: "Write what should be added",
    missingReason: "Say why",
  },
  uploads: "Your files",
  uploading: (percent: number) => `${percent} %`,
  uploaded: "Sent",
  uploadWaiting: "Waiting",
  uploadRefused: "Not taken",
  uploadGone: "Not sent: it is no longer on this device",
  uploadsKeepOpen: "Leave this page open until the files are sent. If the connection breaks, they go on by themselves.",
  recordAnother: "Record another concern",
};

export const welcome = {
  heading: "Welcome to Safehold",
  lead: "Your school keeps its safeguarding records here. What will you do?",
  record: "Record concerns",
  recordText: "Everyone who works in the school does. There is nothing to set up.",
  key: "Read the records, with a key",
  keyText: "For the safeguarding team. You create your key now, on your own phone, in about three minutes.",
};

export const app = {
  heading: "This is for the Safehold app",
  lead: "You opened a code that the authenticator app reads. Copy it, open the app, and choose “Paste a code”.",
  none: "There is no code in this link. Scan the code again with the app itself.",
};

export const passwordLink = {
  lead: "Type your e-mail address. If it belongs to somebody at a school here, a link arrives within minutes.",
  send: "Send me a link",
  sent: "If that address is known, a link is on its way. It works once, for an hour.",
  backToSignIn: "Back to sign in",
  newPassword: "New password",
  newPasswordHint: "At least 12 characters. Three words that only you would put together are good and easy to type.",
  showPassword: "Show the password",
  tooShort: (length: number) => `${length} of at least 12 characters`,
  setPassword: "Use this password",
  passwordSet: "Your password is set. Sign in with it.",
  noToken: "This page needs the link from your e-mail, opened whole. Ask for a new one if yours is old.",
};
