/** English: setting a school up, which happens once. */
import { problems } from "./en";

// What is said to whoever sets the school up: a reporter's first page comes without it.
Object.assign(problems.known, {
  "setup-code-refused": "That setup code is not good. It is printed where the server was started, and lasts an hour.",
  "school-exists": "This Safehold is set up already. Sign in instead.",
});

export const setup = {
  heading: "Set up Safehold",
  lead: "Your school, you, and the first key. It takes about ten minutes, and needs the phone that will hold the key and a printer nearby.",
  code: "Setup code",
  codeHint: "It was printed where the server was started. It lasts an hour.",
  school: "Name of the school",
  name: "Your name",
  email: "Your e-mail address",
  password: "Choose a password",
  passwordHint: "At least 12 characters. Three words that only you would put together are good and easy to type.",
  begin: "Go on to the first key",
  missing: {
    code: "Type the setup code",
    school_name: "Type the name of the school",
    name: "Type your name",
    email: "Type your e-mail address",
    password: "The password needs at least 12 characters",
  },
  notNeeded: "This Safehold is set up already.",
  keyHeading: "The first key",
  keyLead: "Your school's records open with keys and with nothing else. The first one is made now, on your device.",
  steps: ["About you", "The first key", "Done"],
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  appSteps: [
    "Open the Safehold app on the device that will hold your key, and choose “Scan a code”.",
    "Choose a PIN when the app asks for one.",
    "Print the three recovery sheets that the app makes, and put them in three places.",
  ],
  waiting: "Waiting for the app",
  waitingHint: "This page goes on by itself when the app has finished.",
  doneHeading: "Your school is open",
  doneLead: "Staff can record concerns from now on, and your key opens them.",
  next: "What to do next",
  nextSteps: [
    "Import pupils and staff, so that names can be found.",
    "Invite the others of the safeguarding team, and grant them their keys face to face.",
    "Look at the categories and the alert rules.",
  ],
  toImport: "Import pupils and staff",
  toUnlock: "Unlock the records",
};
