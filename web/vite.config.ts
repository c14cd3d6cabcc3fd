import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/**
 * React Aria carries its own few words in thirty-four languages. A school reads one of them, so
 * the others would be a fifth of what a reporter's phone downloads.
 */
function onlyEnglishAria(): Plugin {
  const others = /node_modules\/(react-aria|react-stately)\/dist\/private\/intl\/.*\/(?!en-)[a-z]{2}-[A-Z]{2}\.m?js$/;
  return {
    name: "only-english-aria",
    enforce: "pre",
    load: (id) => (others.test(id) ? "export default {}" : null),
  };
}

/** Each text file again as `.br`, at the strength that takes too long to do for every visit. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(readFileSync(join(dir, name))));
      }
    },
  };
}

export default defineConfig({
  plugins: [onlyEnglishAria(), react(), compressed()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // a data: URL would need a hole in the content policy
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: true,
    // Two letters less of each name: the first page names some forty files that it may need, and no packing
    // shortens what is random.
    rolldownOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash:6].js",
        chunkFileNames: "assets/[name]-[hash:6].js",
        assetFileNames: "assets/[name]-[hash:6][extname]",
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/v1": process.env["SAFEHOLD_API"] ?? "http://127.0.0.1:8080" },
  },
});
