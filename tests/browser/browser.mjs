// Chromium as people have it: a window of their own each, and nobody else's cookies.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

import { look, photograph } from "./look.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function openBrowser(origin) {
  const chrome = await chromium.launch({
    executablePath: process.env.SAFEHOLD_CHROMIUM,
    // As people have it, it keeps a page that was left, for "Back".
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const complaints = [];
  return {
    /** What pages and scripts complained of: errors, and breaches of the content policy. */
    complaints: () => complaints,
    close: () => chrome.close(),
    /** A person with a browser of their own. */
    async person(viewport) {
      const context = await chrome.newContext({
        baseURL: origin,
        viewport,
        locale: "en-GB",
        timezoneId: "Europe/London",
      });
      context.setDefaultTimeout(20_000);
      // Put in by the debugger before the page's own scripts: its content policy stays as strict as it is.
      await context.addInitScript({ content: AXE });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
      page.on("console", (message) => {
        const text = message.text();
        const refused = /Failed to load resource.*\b(401|403|404|409|422)\b/.test(text);
        if (message.type() === "error" && !refused) complaints.push(`${page.url()}: ${text}`);
      });
      return {
        page,
        context,
        look: (name, how) => look(page, name, how),
        photograph: (name) => photograph(page, name).catch(() => undefined),
        /** Follows a link of the menu, which a phone has to open first. */
        async goTo(name) {
          const menu = page.getByRole("button", { name: "Menu", exact: true });
          if (await menu.isVisible()) await menu.click();
          await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
        },
        /** Asks the server as the page would, and gives back all that can be compared. */
        ask: (method, path, body) => page.evaluate(ask, { method, path, body }),
      };
    },
  };
}

/** Runs in the page. The session's cookie mints a token, as on every load. */
async function ask({ method, path, body }) {
  const minted = await fetch("/v1/session/token", { method: "POST" });
  const { access_token: token } = await minted.json();
  const hasBody = body !== undefined && method !== "GET";
  const response = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(hasBody ? { "Content-Type": "application/json" } : {}) },
    body: hasBody ? JSON.stringify(body) : undefined,
  });
  const headers = [...response.headers].filter(([name]) => name !== "date" && name !== "x-request-id");
  return { status: response.status, headers, body: await response.text() };
}
