import type { AnswerOf } from "@headwater/client";
import { api } from "../data/api.ts";

export type ListedDevice = AnswerOf<"GET", "/api/v1/devices">["items"][number];

const pageSize = 1_000;
/** More than a person looks through; a search finds the others. */
const mostDevices = 10_000;

export interface FleetFilter {
  readonly q: string;
  readonly state: "" | "connected" | "away" | "unregistered";
}

/** The devices of a filter, whole: a table of 10,000 rows costs as much as one of a hundred. */
export async function loadFleet({ q, state }: FleetFilter): Promise<readonly ListedDevice[]> {
  const items: ListedDevice[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      limit: pageSize,
      registered: state === "unregistered" ? ("false" as const) : ("any" as const),
      ...(q !== "" && { q }),
      ...(state === "connected" && { connected: true }),
      ...(state === "away" && { connected: false }),
      ...(cursor !== undefined && { cursor }),
    };
    const page: AnswerOf<"GET", "/api/v1/devices"> = await api.call("GET", "/api/v1/devices", { query });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < mostDevices);
  return items;
}
