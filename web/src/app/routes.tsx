/** Every page, in the order of the menu. Each loads when it is first opened, so a reporter's phone
 * never downloads what only a key holder or an administrator can use. */
import { type ComponentType, lazy } from "react";
import { match, type Params } from "./router";

export type Need = "anyone" | "member" | "unlocked" | "administrator";
type Load = () => Promise<{ default: ComponentType<{ params: Params }> }>;
export type Route = { path: string; need: Need; load: Load; page: ComponentType<{ params: Params }> };

function route(path: string, need: Need, load: Load): Route {
  return { path, need, load, page: lazy(load) };
}

export const routes: Route[] = [
  route("/password", "anyone", () => import("../pages/sessions/set_password")),
  route("/forgot", "anyone", () => import("../pages/sessions/request_password_link")),
  route("/setup", "anyone", () => import("../pages/keys/set_up")),
  route("/app", "anyone", () => import("../pages/keys/open_app")),
  route("/app/unlock", "anyone", () => import("../pages/keys/open_app")),
  route("/app/return", "anyone", () => import("../pages/keys/return_unlock")),

  route("/welcome", "member", () => import("../pages/sessions/welcome")),
  route("/record", "member", () => import("../pages/concerns/record")),
  route("/receipts", "member", () => import("../pages/concerns/list_receipts")),
  route("/receipts/:id", "member", () => import("../pages/concerns/read_receipt")),
  route("/devices", "member", () => import("../pages/keys/list_devices")),
  route("/key", "member", () => import("../pages/keys/create")),
  route("/unlock", "member", () => import("../pages/keys/unlock")),

  route("/dashboard", "unlocked", () => import("../pages/dashboard/read")),
  route("/alerts", "unlocked", () => import("../pages/alerts/list")),
  route("/concerns", "unlocked", () => import("../pages/concerns/list")),
  route("/concerns/:id", "unlocked", () => import("../pages/concerns/read")),
  route("/pupils", "unlocked", () => import("../pages/pupils/search")),
  route("/pupils/:id", "unlocked", () => import("../pages/pupils/read")),
  route("/search", "unlocked", () => import("../pages/concerns/search")),
  route("/key-holders", "unlocked", () => import("../pages/keys/list_holders")),

  route("/people", "administrator", () => import("../pages/people/list")),
  route("/categories", "administrator", () => import("../pages/settings/categories")),
  route("/alert-rules", "administrator", () => import("../pages/settings/alert_rules")),
  route("/import", "administrator", () => import("../pages/imports/preview")),
];

export function find(path: string): { route: Route; params: Params } | undefined {
  for (const route of routes) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return undefined;
}

/** Begins to load the page of `path` without drawing it. The first page is nearly always the form. */
export function preload(path: string): void {
  const found = find(path === "/" ? "/record" : path);
  if (found && (found.route.need === "anyone" || found.route.need === "member")) {
    void found.route.load().catch(() => undefined);
  }
}
