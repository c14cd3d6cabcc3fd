// Programs that a test starts: what they print can be waited for, and they always end with the test.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

/** Runs a program and gathers what it prints. */
export function start(command, args, options = {}) {
  // A process group of its own: what it started ends with it.
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], detached: true, ...options });
  const program = {
    child,
    text: "",
    ended: new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal))),
    /** Waits until what was printed since `from` matches, and returns the match. */
    async says(pattern, { from = 0, seconds = 30 } = {}) {
      const until = Date.now() + seconds * 1000;
      for (;;) {
        const match = pattern.exec(program.text.slice(from));
        if (match) return match;
        if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
          throw new Error(`${command} ${args.join(" ")} never said ${pattern}:\n${program.text}`);
        }
        await pause(50);
      }
    },
    /** Types a line. */
    type(line) {
      child.stdin.write(`${line}\n`);
    },
    /** Ends it kindly, and if that takes too long, for certain. */
    async stop() {
      signal(child, "SIGTERM");
      const kill = setTimeout(() => {
        signal(child, "SIGKILL");
        // Something that left the group may still hold the other ends.
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
      }, 5000);
      const over = await program.ended;
      clearTimeout(kill);
      return over;
    },
  };
  child.on("error", (error) => (program.text += `\n${error}\n`));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text) => (program.text += text));
  }
  return program;
}

/** To the program and whatever it started, of which something may outlive it. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Asks again and again until the answer is something, or the time is up. */
export async function eventually(what, ask, seconds = 20) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(100);
  }
}

/** A loopback port that nothing listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
