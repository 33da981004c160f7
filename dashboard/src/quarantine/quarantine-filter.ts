import type { InputOf } from "@headwater/client";

type Query = NonNullable<InputOf<"GET", "/api/v1/quarantine">["query"]>;

/** What of the quarantine is shown; it lies in the address. */
export type QuarantineFilter = Pick<Query, "state" | "stage" | "device" | "gateway" | "topic" | "text">;

export const states = ["quarantined", "requested", "claimed", "redriven", "dropped"] as const;
export const stages = { decode: "not decoded", store: "not stored", log: "not taken by the log" } as const;
export const texts = { device: "Device", topic: "Topic", text: "Text" } as const;

/** Whether it leaves something out of what waits for somebody. */
export function isNarrowed({ state, ...others }: QuarantineFilter): boolean {
  return (state !== undefined && state !== "quarantined") || Object.keys(others).length > 0;
}

/** Without a word about it, what waits for somebody; `state=all` shows every state. */
export function filterOf(search: URLSearchParams): QuarantineFilter {
  const asked = search.get("state") ?? "quarantined";
  const state = states.find((each) => each === asked);
  const stage = search.get("stage");
  const given = Object.keys(texts).flatMap((name) => {
    const value = search.get(name)?.trim() ?? "";
    return value === "" ? [] : [[name, value] as const];
  });
  return {
    ...(state !== undefined && { state }),
    ...(stage !== null && Object.hasOwn(stages, stage) && { stage: stage as keyof typeof stages }),
    ...(Object.fromEntries(given) as Pick<Query, keyof typeof texts>),
  };
}
