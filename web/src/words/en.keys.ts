/** English: devices, the app on the same one, codes on paper, lost devices, and whether the school's keys would survive one. */

export const devices = {
  heading: "Your devices",
  lead: "Phones, tablets and computers that you have enrolled with the authenticator app.",
  none: "No device is enrolled yet.",
  add: "Enrol a device",
  addAnother: "Enrol another device",
  state: {
    ungranted: "Waiting for a key holder to grant it",
    granted: "Opens the records",
    suspended: "Suspended",
    revoked: "Withdrawn",
  },
  registered: (when: string) => `Enrolled ${when}`,
  lastSeen: (when: string) => `Last used ${when}`,
  neverSeen: "Not used yet",
  scan: "Scan this with the Safehold app on your phone",
  scanHint: "The code works once.",
  qr: "Code to scan with the Safehold app. The link below says the same.",
  sameDevice: "Is the app on this device? Copy the link and paste it into the app.",
  expiresIn: (left: string) => `Good for ${left}`,
  expired: "This code is no longer good.",
  renew: "Make a new code",
  steps: {
    heading: "Create your key",
    lead: "Your key lives on your own phone, tablet or computer. The records open with it and with nothing else.",
    install: "Get the app",
    installText: "Install the Safehold authenticator on the device you have with you. It costs nothing.",
    scan: "Scan the code",
    scanText: "The app asks you to choose a PIN. Nobody else ever learns it.",
    grant: "Have it granted",
    grantText:
      "A colleague who already holds a key scans the code that your app then shows. From that moment yours opens what they chose.",
    waitingForScan: "Waiting for the app to scan the code",
    waitingForGrant: "Your key is made. It waits for a colleague to grant it, face to face.",
    ready: "Your key is ready.",
    goUnlock: "Unlock the records",
    later: "Later: write a concern first",
  },
};

export const lostDevice = {
  open: "I have lost it",
  heading: (name: string) => `Have you lost ${name}?`,
  what: "It is shut out at once: it opens nothing any more, what it has open is closed, and every key holder is told.",
  found: "If you find it again, another key holder can let it in.",
  confirm: "Yes, shut it out",
  done: "It is shut out. Every key holder has been told.",
  lostOn: (when: string) => `Reported lost ${when}`,
};

export const keyStanding = {
  secondHolder: "Nobody but you can give keys",
  secondHolderHint:
    "If you lost your device, only the recovery sheets would open the records. Give a second person a key that may give keys too.",
  toHolders: "See who holds keys",
  newSheets: (when: string) => `New recovery sheets are due by ${when}`,
  newSheetsHint:
    "The sheets were used to recover a key. Make new ones in the app on your device, and destroy the old ones.",
};

export const paperCode = {
  offer: "No signal on your phone? Use a code on paper",
  lead: "A code that you wrote down from the app opens the records once, without your device.",
  label: "Code on paper",
  hint: "Twenty-six letters and figures. Each code is good once, in a browser that you have unlocked before.",
  missing: "Type the code from your paper.",
  slip: (what: string) => `Look again: ${what}. Nothing is used up.`,
  open: "Open the records",
  opening: "Opening",
  back: "Use my device instead",
  told: "When a code opens the records, the other key holders are told. Cross it out on your paper then.",
};

export const handOff = {
  offer: "The app is on this device",
  heading: "Go on in the Safehold app",
  how: "Press the button, say yes in the app, and type your PIN. The app then opens this address again by itself: no number is needed.",
  open: "Open the Safehold app",
  byNumber: "Type a number instead",
  landing: "This opens in the Safehold app",
  landingHow: "The app is not set up to open by this link here. Press the button; if nothing happens, go back and unlock with a number.",
  noRequest: "There is no request to unlock in this link. Start again on the page that you came from.",
  notOpened: "Nothing was opened here",
  signedOut: "Nobody is signed in to Safehold in this browser, so it is not the one that asked.",
  advice:
    "If you started in another browser on this device, go back to it and unlock with a number. If you came here from a page at another address than this one, close that page, change your password, and tell the other key holders.",
  again: "Unlock here",
};
