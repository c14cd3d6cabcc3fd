// The school's server, started as its operator starts it.

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { freePort, start } from "./process.mjs";

/** An archive of the CSV files in a folder beside this one, as a school's system would send it. */
export function zipOf(folder, path) {
  const archive = join(folder, "roster.zip");
  const source = new URL(path, import.meta.url).pathname;
  const script = `
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for file in sorted(pathlib.Path(sys.argv[2]).glob("*.csv")):
        archive.write(file, file.name)`;
  execFileSync(process.env.SAFEHOLD_PYTHON, ["-c", script, archive, source]);
  return archive;
}

/** A database for the school, and what the server must be told to find it. */
function database(engine, folder) {
  if (engine === "sqlite") return {};
  const { SAFEHOLD_TEST_POSTGRES_OWNER: owner, SAFEHOLD_TEST_POSTGRES_APP: app } = process.env;
  if (!owner || !app) throw new Error("no PostgreSQL: run tests/browser/run");
  const name = `safehold_story_${process.pid}`;
  execFileSync("psql", ["-X", "-q", "-c", `create database ${name}`, `${owner}/postgres`], { cwd: folder });
  return { SAFEHOLD_DATABASE_URL: `${app}/${name}`, SAFEHOLD_OWNER_DATABASE_URL: `${owner}/${name}` };
}

/** Starts the server on an empty database, and asks its operator's command for the setup code. */
export async function startSchool({ engine, folder, smtpPort }) {
  const binary = process.env.SAFEHOLD_SERVER;
  if (!binary) throw new Error("SAFEHOLD_SERVER is not set: run tests/browser/run");
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    SAFEHOLD_DATA_DIR: join(folder, "data"),
    SAFEHOLD_LISTEN: `127.0.0.1:${port}`,
    SAFEHOLD_ORIGIN: origin,
    SAFEHOLD_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    SAFEHOLD_MAIL_FROM: "Safehold <safehold@school.example>",
    ...database(engine, folder),
  };
  const server = start(binary, ["serve"], { env, cwd: folder });
  await server.says(/Safehold is at/);
  const setup = start(binary, ["setup"], { env, cwd: folder });
  const [setupCode] = await setup.says(/[0-9A-Z]{6}(-[0-9A-Z]{5}){4}/);
  await setup.ended;
  return {
    origin,
    setupCode,
    /** All that the server has printed. */
    said: () => server.text,
    stop: () => server.stop(),
  };
}
