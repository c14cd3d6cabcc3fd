import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { archiveOf } from "./archive";

test("an archive is read by another program as the files that went in", async () => {
  const files = [
    new File(["sourcedId,name\n1,Zoë\n"], "users.csv"),
    new File([], "orgs.csv"),
    new File(["x".repeat(70_000)], "größe.csv"),
  ];
  const archive = await archiveOf(files, "roster.zip");
  const folder = mkdtempSync(join(tmpdir(), "safehold-archive-"));
  try {
    const path = join(folder, archive.name);
    writeFileSync(path, new Uint8Array(await archive.arrayBuffer()));
    const script = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))`;
    const read = execFileSync("python3", ["-c", script, path], { encoding: "utf8" });
    const wanted = await Promise.all(files.map(async (file) => [file.name, await file.text()]));
    expect(JSON.parse(read)).toEqual(Object.fromEntries(wanted));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
