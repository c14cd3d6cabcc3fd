// What a key holder does at their own computer, with the real terminal authenticator and its keychain.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Runs one command to its end, with the PIN typed in, and gives back what it reports. */
async function run(computer, pin, ...args) {
  const program = computer.authenticator("--json", ...args, "--pin-file", "-");
  program.type(pin);
  program.child.stdin.end();
  const code = await program.ended;
  assert.equal(code, 0, `authenticator ${args.join(" ")}: ${program.text}`);
  const report = program.text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .at(-1);
  return JSON.parse(report ?? program.text.slice(program.text.indexOf("{")));
}

/** Makes the school's keys; the three recovery sheets are written out and checked. */
export async function setUpKeys(computer, link, pin) {
  const sheets = join(computer.home, "sheets");
  const report = await run(computer, pin, "setup", link, "--name", "Office PC", "--sheets-to", sheets);
  assert.equal(report.state, "ready");
  assert.equal(readdirSync(sheets).length, 3);
}

/** Adds this computer as its owner's device; the six words are what a granting person must be told. */
export async function enrol(computer, link, pin) {
  const report = await run(computer, pin, "enrol", link, "--name", "Staff room PC");
  assert.equal(report.state, "waiting");
  assert.equal(report.words.split(/[\s·-]+/).length, 6, report.words);
  return report.words;
}

export async function grant(computer, { words, pin, years }) {
  const report = await run(computer, pin, "grant", "--words", words, "--years", years.join(","));
  assert.equal(report.state, "granted");
}

/** Types the number that the browser shows. */
export async function approve(computer, { number, pin }) {
  const report = await run(computer, pin, "approve", "--number", number, "--wait", "10");
  assert.equal(report.state, "approved");
}

/** "Not me": nothing opens, and the other key holders are told. */
export async function refuse(computer) {
  const program = computer.authenticator("--json", "refuse");
  assert.equal(await program.ended, 0, program.text);
}

/** Types another number than the page shows. */
export async function mistype(computer, { number, pin }) {
  const wrong = number.replace(/\d$/, (last) => String((Number(last) + 1) % 10));
  const program = computer.authenticator("--json", "approve", "--number", wrong, "--wait", "10", "--pin-file", "-");
  program.type(pin);
  program.child.stdin.end();
  assert.notEqual(await program.ended, 0, program.text);
}

/** Says that the browser that has a short look is this person's own. */
export async function keep(computer, pin) {
  const report = await run(computer, pin, "keep");
  assert.equal(report.state, "kept");
}

export async function status(computer) {
  const program = computer.authenticator("--json", "status");
  assert.equal(await program.ended, 0, program.text);
  return program.text;
}

/** Ten codes to write down. */
export async function paperCodes(computer, pin) {
  const report = await run(computer, pin, "paper-codes");
  assert.equal(report.state, "made");
  return report.codes;
}

/** Answers a page that has opened the app by a link; where the app goes on. */
export async function openLink(computer, link, pin) {
  const report = await run(computer, pin, "open-link", link, "--print");
  assert.equal(report.state, "approved");
  return report;
}

export async function rotate(computer, compartment, pin) {
  const report = await run(computer, pin, "rotate", compartment);
  assert.equal(report.state, "rotated");
}

/** The old keys that are still in use. */
export async function rotations(computer) {
  const program = computer.authenticator("--json", "rotations");
  assert.equal(await program.ended, 0, program.text);
  return JSON.parse(program.text).items;
}
