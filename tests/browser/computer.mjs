// A key holder's own computer: its home folder, its session bus, its unlocked keychain, and the real
// terminal authenticator on it.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start } from "./process.mjs";

const binary = process.env.SAFEHOLD_AUTHENTICATOR;

// An empty password would make no keyring at all. The daemon detaches, and ends with its bus.
const SESSION = `
  printf %s "a keychain password" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
  for _ in $(seq 100); do
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \\
      string:org.freedesktop.secrets 2>/dev/null | grep -q true && break
    sleep 0.1
  done
  echo "bus $DBUS_SESSION_BUS_ADDRESS"
  cat`;

export async function switchOn(owner) {
  if (!binary) throw new Error("SAFEHOLD_AUTHENTICATOR is not set: run tests/browser/run");
  const home = mkdtempSync(join(tmpdir(), `safehold-${owner}-`));
  mkdirSync(join(home, "run"), { mode: 0o700 });
  const env = {
    PATH: process.env.PATH,
    LANG: "C.UTF-8",
    HOME: home,
    XDG_DATA_HOME: join(home, "data"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_RUNTIME_DIR: join(home, "run"),
  };
  const session = start("dbus-run-session", ["--", "bash", "-c", SESSION], { env });
  const [, bus] = await session.says(/^bus (.+)$/m);
  env.DBUS_SESSION_BUS_ADDRESS = bus;
  const programs = [];
  return {
    home,
    /** Runs the authenticator; it is talked to as a person does, by reading and typing. */
    authenticator(...args) {
      const program = start(binary, args, { env, cwd: home });
      programs.push(program);
      return program;
    },
    async switchOff() {
      for (const program of programs) await program.stop();
      await session.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
