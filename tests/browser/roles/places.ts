import type { Page } from "playwright-core";
import type { Scene } from "../../e2e/access/scene.ts";

/** Every place of the page; where it says itself that something needs a right, it is shown to all. */
export function placesOf({ alertId, quarantineId }: Scene): readonly string[] {
  return [
    ...["/", "/?view=map", "/devices/kept", "/connect", "/boards", "/boards/fleet-overview", "/boards/kept"],
    ...[
      "/boards/kept?edit=true",
      "/boards/new",
      "/alerts",
      `/alerts/${alertId}`,
      "/rules",
      "/rules/kept",
      "/rules/new",
    ],
    ...["/pipeline", "/quarantine", `/quarantine/${encodeURIComponent(quarantineId)}`, "/access", "/audit", "/design"],
  ];
}

/** What a link has to have a right for, by the beginning of its path. */
const needs: readonly (readonly [path: RegExp, scope: string])[] = [
  [/^\/devices\//, "devices:read"],
  [/^\/connect/, "devices:write"],
  [/^\/boards\/new/, "boards:write"],
  [/^\/boards/, "boards:read"],
  [/^\/alerts/, "alerts:read"],
  [/^\/rules\/new/, "rules:write"],
  [/^\/rules/, "rules:read"],
  [/^\/pipeline/, "ledger:read"],
  [/^\/quarantine/, "quarantine:read"],
  [/^\/audit/, "audit:read"],
];

/** What is offered in a place for one right or several, as who uses a screen reader finds it. */
export const offers: readonly (readonly [
  path: string,
  role: "button" | "link" | "heading" | "textbox" | "checkbox" | "combobox" | "columnheader",
  name: string | RegExp,
  scopes: readonly string[],
])[] = [
  ["/", "link", "Connect a device", ["devices:read", "devices:write"]],
  ["/devices/kept", "button", "Send", ["devices:read", "commands:write"]],
  ["/devices/kept", "columnheader", "Command", ["devices:read", "commands:read"]],
  ["/devices/kept", "link", "Alert… on temperature", ["devices:read", "telemetry:read", "rules:read", "rules:write"]],
  ["/devices/kept", "button", "New token", ["devices:read", "devices:write"]],
  ["/devices/kept", "button", /^Revoke token/, ["devices:read", "devices:write"]],
  ["/devices/kept", "button", "Delete this device…", ["devices:read", "devices:write"]],
  ["/devices/kept", "textbox", "Tag: name", ["devices:read", "devices:write"]],
  ["/connect", "button", "Register", ["devices:write"]],
  ["/connect", "button", "Start the demo fleet", ["devices:write", "access:read", "access:write"]],
  ["/boards", "link", "New board", ["boards:read", "boards:write"]],
  ["/boards/kept", "button", "Edit", ["boards:read", "boards:write"]],
  ["/boards/fleet-overview", "combobox", "Group", ["boards:read", "devices:read"]],
  ["/boards/kept?edit=true", "button", "Save", ["boards:read", "boards:write"]],
  ["/boards/new", "button", "Save", ["boards:read", "boards:write"]],
  ["/alerts", "checkbox", "Choose all that are listed", ["alerts:read", "alerts:write"]],
  ["/alerts/", "button", "Acknowledge", ["alerts:read", "alerts:write"]],
  ["/alerts/", "combobox", "Snooze for", ["alerts:read", "alerts:write"]],
  ["/alerts/", "textbox", "Comment", ["alerts:read", "alerts:write"]],
  ["/alerts/", "link", "kept", ["alerts:read", "devices:read"]],
  ["/rules", "link", "New rule", ["rules:read", "rules:write"]],
  ["/rules", "columnheader", "Open", ["rules:read", "alerts:read"]],
  ["/rules/kept", "button", "Saved", ["rules:read", "rules:write"]],
  ["/rules/kept", "button", "Enable", ["rules:read", "rules:write"]],
  ["/rules/kept", "button", "Disable", ["rules:read", "rules:write"]],
  ["/rules/kept", "button", "Delete…", ["rules:read", "rules:write"]],
  ["/rules/kept", "heading", "Backtest", ["rules:read", "backtests:write", "backtests:read"]],
  ["/rules/new", "button", "Create", ["rules:read", "rules:write"]],
  ["/pipeline", "link", "Quarantine", ["ledger:read", "quarantine:read"]],
  ["/pipeline", "heading", /^Gateway/, ["ledger:read", "gateway:read"]],
  ["/pipeline", "button", "Compare the last hour with the store", ["ledger:read"]],
  ["/quarantine", "button", "Handle all of these again", ["quarantine:read", "quarantine:write"]],
  ["/quarantine", "link", "Pipeline", ["quarantine:read", "ledger:read"]],
  ["/quarantine/", "button", "Handle again", ["quarantine:read", "quarantine:write"]],
  ["/access", "button", "Sign out", []],
  ["/access", "button", "Everybody's", ["access:read"]],
  ["/access", "columnheader", "May", ["access:read"]],
  ["/access", "button", "New token", ["access:write"]],
  ["/access", "link", "Audit trail", ["audit:read"]],
];

/** What the command palette offers. */
export const commands: readonly (readonly [name: string, scopes: readonly string[]])[] = [
  ["Fleet", ["devices:read"]],
  ["Boards", ["boards:read"]],
  ["Alerts", ["alerts:read"]],
  ["Rules", ["rules:read"]],
  ["Pipeline", ["ledger:read"]],
  ["Access", []],
  ["Quarantine", ["quarantine:read"]],
  ["Audit trail", ["audit:read"]],
  ["Connect a device", ["devices:write"]],
  ["New board", ["boards:read", "boards:write"]],
  ["Write a rule", ["rules:read", "rules:write"]],
  ["All components", []],
  ["kept", ["devices:read"]],
];

/** Links that lead to what may not be seen; all of a page, its bar as well. */
export async function deadLinks(page: Page, may: (scope: string) => boolean): Promise<readonly string[]> {
  const hrefs = await page.evaluate<string[]>(
    `[...document.querySelectorAll("a[href^='/']")].map((a) => a.getAttribute("href"))`,
  );
  return hrefs.filter((href) => {
    const needed = needs.find(([path]) => path.test(href))?.[1];
    // A rule on a metric may be tried by who may not save it.
    return needed !== undefined && !may(needed);
  });
}

/** Resolves when nothing is asked any more, and what came is drawn. */
export function settling(page: Page): () => Promise<void> {
  const pending = new Set<unknown>();
  page.on("request", (request) => {
    if (!/\/stream\?/.test(request.url())) pending.add(request);
  });
  page.on("requestfinished", (request) => void pending.delete(request));
  page.on("requestfailed", (request) => void pending.delete(request));
  // A draft is looked at by the platform after it has rested for as long as this.
  const draftRestMs = 500;
  return async () => {
    for (let quiet = 0; quiet < 2;) {
      const isBusy = await page.locator("[aria-busy=true]").count();
      if (pending.size === 0 && isBusy === 0) quiet += 1;
      else quiet = 0;
      const isDraft = /\/rules\/|\/boards\/(?:new|.*edit)/.test(page.url());
      await page.waitForTimeout(isDraft && quiet === 1 ? draftRestMs : 20);
    }
  };
}
