// The school's mail server, for as long as a story lasts.

import { eventually, freePort, start } from "./process.mjs";

export async function startMail() {
  const python = process.env.SAFEHOLD_PYTHON;
  if (!python) throw new Error("SAFEHOLD_PYTHON is not set: run tests/browser/run");
  const port = await freePort();
  const program = start(python, [new URL("mail.py", import.meta.url).pathname, String(port)]);
  await program.says(/"port"/);
  const all = () =>
    program.text
      .split("\n")
      .filter((line) => line.includes('"raw"'))
      .map((line) => JSON.parse(line));
  return {
    port,
    /** Every mail so far, as it was sent. */
    all,
    /** The newest mail to an address, once there are at least `count`. */
    to: (address, count = 1) =>
      eventually(`mail ${count} to ${address}`, () => {
        const mails = all().filter((mail) => mail.to.includes(address));
        return mails.length >= count ? { ...mails.at(-1), text: decoded(mails.at(-1).raw) } : undefined;
      }),
    stop: () => program.stop(),
  };
}

/** The parts of a mail, by their content types, each as its reader's program shows it. */
export function partsOf(raw) {
  const [, boundary] = raw.match(/boundary="([^"]+)"/) ?? [];
  const parts = {};
  for (const part of raw.split(`--${boundary}`).slice(1)) {
    const [, head, body] = part.match(/^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*)$/) ?? [];
    const [, type] = head?.match(/Content-Type: ([\w/]+)/i) ?? [];
    if (!type) continue;
    const [, encoding] = head.match(/Content-Transfer-Encoding: ([\w-]+)/i) ?? [];
    parts[type] = /base64/i.test(encoding ?? "")
      ? Buffer.from(body, "base64").toString("utf8")
      : /quoted/i.test(encoding ?? "")
        ? Buffer.from(
            body.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
            "latin1",
          ).toString("utf8")
        : body;
  }
  return parts;
}

/** The mail with its transfer encodings undone, so that a word cannot hide in one. */
export function decoded(raw) {
  const joined = raw.replace(/=\r?\n/g, "");
  const quoted = joined.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const blocks = raw.match(/(?:^[A-Za-z0-9+/]{20,}={0,2}\r?\n?)+/gm) ?? [];
  return [quoted, ...blocks.map((block) => Buffer.from(block, "base64").toString("utf8"))].join("\n");
}
