import type { AnswerOf } from "@headwater/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../data/api.ts";
import { type Resource, useResource } from "../data/use-resource.ts";

export type ListedDevice = AnswerOf<"GET", "/api/v1/devices">["items"][number];

/** Enough to fill a screen; the first page is there long before the last one of a great fleet. */
const firstSize = 100;
const pageSize = 1_000;
/** More than a person looks through; a search finds the others. */
const mostDevices = 10_000;
/** While devices come and go a list is asked for anew so often, and no more often than takes a fifth of the time. */
const leastRestMs = 500;
const restShare = 4;

export interface FleetFilter {
  readonly q: string;
  readonly state: "" | "connected" | "away" | "unregistered";
}

interface Begun {
  readonly key: string;
  readonly items: readonly ListedDevice[];
}

/** The devices of a filter: the first of them as soon as they are there, then all. */
export function useFleet(filter: FleetFilter): { resource: Resource<readonly ListedDevice[]>; reload: () => void } {
  const key = `${filter.state} ${filter.q}`;
  const [begun, setBegun] = useState<Begun>();
  const took = useRef(0);
  const { resource, reload } = useResource(key, async () => {
    const since = performance.now();
    const all = await loadFleet(filter, (items) => setBegun({ key, items }));
    took.current = performance.now() - since;
    return all;
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const reloadRarely = useCallback(() => {
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        reload();
      },
      Math.max(leastRestMs, took.current * restShare),
    );
  }, [reload]);
  const isBegun = resource.state === "loading" && resource.value === undefined && begun?.key === key;
  return { resource: isBegun ? { state: "loading", value: begun.items } : resource, reload: reloadRarely };
}

/** Whole: a table of 10,000 rows costs as much as one of a hundred. */
async function loadFleet(
  { q, state }: FleetFilter,
  onFirst: (items: readonly ListedDevice[]) => void,
): Promise<readonly ListedDevice[]> {
  const items: ListedDevice[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      limit: cursor === undefined ? firstSize : pageSize,
      registered: state === "unregistered" ? ("false" as const) : ("any" as const),
      ...(q !== "" && { q }),
      ...(state === "connected" && { connected: true }),
      ...(state === "away" && { connected: false }),
      ...(cursor !== undefined && { cursor }),
    };
    const page: AnswerOf<"GET", "/api/v1/devices"> = await api.call("GET", "/api/v1/devices", { query });
    items.push(...page.items);
    if (cursor === undefined && page.next != null) onFirst([...items]);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < mostDevices);
  return items;
}
