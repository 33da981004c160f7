import type { InputOf } from "@headwater/client";

type AlertQuery = NonNullable<InputOf<"GET", "/api/v1/alerts">["query"]>;

/** What of the inbox is shown; it lies in the address, so that it can be shared and kept. */
export type AlertFilter = Pick<
  AlertQuery,
  "state" | "severity" | "rule" | "device" | "assignee" | "from" | "shadow" | "muted"
>;

export const states = { open: "Open", active: "Active", acknowledged: "Acknowledged", cleared: "Cleared" } as const;
export const severities = ["critical", "warning", "info"] as const;
export const periods = { "": "any time", "-1h": "last hour", "-1d": "last day", "-7d": "last week" } as const;

/** Whether it leaves something out of what is open. */
export function isNarrowed({ state, shadow, muted, ...others }: AlertFilter): boolean {
  return state !== "open" || shadow === true || muted === true || Object.keys(others).length > 0;
}

/** What the address asks for; what it does not know is left out. `state=all` shows every state, no word the open. */
export function filterOf(search: URLSearchParams): AlertFilter {
  const state = search.get("state") ?? "open";
  const severity = severities.find((each) => each === search.get("severity"));
  const text = (name: "rule" | "device" | "assignee" | "from") => {
    const value = search.get(name)?.trim() ?? "";
    return value === "" ? {} : { [name]: value };
  };
  return {
    ...(Object.hasOwn(states, state) && { state: state as keyof typeof states }),
    ...(severity !== undefined && { severity }),
    ...text("rule"),
    ...text("device"),
    ...text("assignee"),
    ...text("from"),
    shadow: search.get("shadow") === "true",
    ...(search.get("muted") === "true" && { muted: true }),
  };
}
