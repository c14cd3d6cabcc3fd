// What a reporter's first page costs: everything the browser fetches for it, compressed.
// Run after `npm run build`. Fails above the budget of 150 kB.
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET = 150_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist)));

/** A chunk with everything that it imports before it runs. */
function closure(name, seen = new Set()) {
  const chunk = manifest[name];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const asset of chunk.assets ?? []) seen.add(asset);
  for (const other of chunk.imports ?? []) closure(other, seen);
  return seen;
}

const files = closure("index.html");
closure("src/pages/concerns/record.tsx", files);
for (const asset of readdirSync(new URL("assets/", dist))) if (asset.endsWith(".woff2")) files.add(`assets/${asset}`);
files.add("index.html");
files.add("mark.svg");

let brotli = 0;
let gzip = 0;
for (const file of files) {
  const bytes = readFileSync(new URL(file, dist));
  const packed = file.endsWith(".woff2");
  const one = packed ? bytes.length : brotliCompressSync(bytes).length;
  brotli += one;
  gzip += packed ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  console.log(`${String(one).padStart(8)}  ${file}`);
}
console.log(`${String(brotli).padStart(8)}  in all with brotli; ${gzip} with gzip; budget ${BUDGET}`);
if (brotli > BUDGET) process.exit(1);
