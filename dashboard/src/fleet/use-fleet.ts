import type { AnswerOf } from "@headwater/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../data/api.ts";
import { askForFirst, takeDevicesAtFirst } from "../data/at-first.ts";
import { byName } from "../data/by-name.ts";
import { type Resource, useResource } from "../data/use-resource.ts";

export type ListedDevice = AnswerOf<"GET", "/api/v1/devices">["items"][number];

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
  readonly isSeenKnown: boolean;
}

interface Fleet {
  readonly resource: Resource<readonly ListedDevice[]>;
  /** Whether there are no more of them on their way. */
  readonly isWhole: boolean;
  /** Whether they tell when they were seen, if they were: the first of them do not. */
  readonly isSeenKnown: boolean;
  readonly reload: () => void;
}

/** The devices of a filter: the first of them as soon as they are there, and until all are, whatever happens. */
export function useFleet(filter: FleetFilter): Fleet {
  const key = `${filter.state} ${filter.q}`;
  const [begun, setBegun] = useState<Begun>();
  const took = useRef(0);
  const isKnown = useRef("");
  const { resource, reload } = useResource(key, async () => {
    const isFirst = isKnown.current !== key;
    if (isFirst) {
      const items = await firstOf(filter);
      if (items.length > 0) setBegun({ key, items, isSeenKnown: false });
    }
    const since = performance.now();
    const all = await loadFleet(filter, (items) => {
      if (isFirst) setBegun({ key, items, isSeenKnown: true });
    });
    took.current = performance.now() - since;
    isKnown.current = key;
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
  const isBegun = resource.value === undefined && begun?.key === key;
  return {
    resource: isBegun ? { ...resource, value: begun.items } : resource,
    isWhole: !isBegun && resource.value !== undefined,
    isSeenKnown: !isBegun || begun.isSeenKnown,
    reload: reloadRarely,
  };
}

/** Those that are sooner told than all, which costs the platform as much as the fleet is large. */
async function firstOf({ q, state }: FleetFilter): Promise<readonly ListedDevice[]> {
  if (state === "unregistered") return [];
  const atFirst = q === "" && state === "" ? await takeDevicesAtFirst() : undefined;
  const first = atFirst ?? (await askForFirst({ ...(q !== "" && { q }), ...connectedIn(state) }));
  return sorted(first.items);
}

/** Whole: a table of 10,000 rows costs as much as one of a hundred. */
async function loadFleet(
  { q, state }: FleetFilter,
  onFirstPage: (items: readonly ListedDevice[]) => void,
): Promise<readonly ListedDevice[]> {
  const items: ListedDevice[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      limit: pageSize,
      sort: "name" as const,
      registered: state === "unregistered" ? ("false" as const) : ("any" as const),
      ...(q !== "" && { q }),
      ...connectedIn(state),
      ...(cursor !== undefined && { cursor }),
    };
    const page: AnswerOf<"GET", "/api/v1/devices"> = await api.call("GET", "/api/v1/devices", { query });
    items.push(...page.items);
    if (cursor === undefined && page.next !== null) onFirstPage(sorted(page.items));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < mostDevices);
  return sorted(items);
}

function sorted(devices: readonly ListedDevice[]): readonly ListedDevice[] {
  return byName(devices, ({ id }) => id);
}

function connectedIn(state: FleetFilter["state"]): { readonly connected?: boolean } {
  return state === "connected" || state === "away" ? { connected: state === "connected" } : {};
}
