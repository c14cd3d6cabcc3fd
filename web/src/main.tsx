import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { mint } from "./api/session";
import { App } from "./app/App";
import { preload } from "./app/routes";
import "./styles/tokens.css";
import "./styles/base.css";

// The two slowest things begin before the first drawing: who is this, and the page asked for.
if (!location.pathname.startsWith("/setup")) void mint();
preload(location.pathname);

const root = document.getElementById("root");
if (root) {
  // A browser keeps a page that was left, and "Back" shows it as it was, to whoever presses it: not this one.
  addEventListener("pagehide", (event) => (root.hidden = event.persisted));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
