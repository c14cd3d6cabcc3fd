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
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
