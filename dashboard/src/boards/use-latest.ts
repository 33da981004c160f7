import type { AnswerOf } from "@headwater/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../data/api.ts";
import type { LiveEvent } from "../data/live.ts";
import { useResource } from "../data/use-resource.ts";
import { readingsOf, useFeed } from "./board-feed.ts";
import { type Choices, deviceIn, type Devices, queryOf } from "./board.ts";

export interface Latest {
  readonly value: unknown;
  readonly t: number;
  readonly unit?: string | undefined;
}

type LatestPage = AnswerOf<"GET", "/api/v1/telemetry/latest">;

/** Newest values by metric, of each device in the order of its name. */
export type LatestOf = ReadonlyMap<string, ReadonlyMap<string, Latest>>;

export interface LatestAsk {
  readonly device?: string | undefined;
  readonly devices?: Devices | undefined;
  /** Absent: every metric. */
  readonly metrics?: readonly string[] | undefined;
  readonly limit: number;
}

const pageSize = 1_000;

async function load(ask: LatestAsk, choices: Choices): Promise<LatestOf> {
  const device = ask.device === undefined ? undefined : deviceIn(ask.device, choices);
  if (ask.device !== undefined && device === undefined) return new Map();
  const who = device === undefined ? queryOf(ask.devices ?? {}, choices) : { device: [device] };
  const found = new Map<string, Map<string, Latest>>();
  let cursor: string | undefined;
  do {
    const query = {
      ...who,
      ...(ask.metrics !== undefined && { metric: [...ask.metrics] }),
      limit: Math.min(pageSize, ask.limit - found.size),
      ...(cursor !== undefined && { cursor }),
    };
    const page: LatestPage = await api.call("GET", "/api/v1/telemetry/latest", { query });
    for (const { device: id, values } of page.items) found.set(id, new Map(Object.entries(values)));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && found.size < ask.limit);
  return found;
}

/** The newest values of a device or of several, kept up to date by the live stream. */
export function useLatest(ask: LatestAsk, choices: Choices) {
  const { resource, reload } = useResource(JSON.stringify([ask, choices]), () => load(ask, choices));
  const shown = useRef(new Map<string, Map<string, Latest>>());
  const wanted = useRef(ask.metrics);
  wanted.current = ask.metrics;
  const [, setChange] = useState(0);
  const stored = resource.value;
  useEffect(() => {
    shown.current = new Map([...(stored ?? [])].map(([device, values]) => [device, new Map(values)]));
    setChange((change) => change + 1);
  }, [stored]);
  const take = useCallback((events: readonly LiveEvent[]) => {
    let isChanged = false;
    for (const { device, metric, value, t, unit } of readingsOf(events)) {
      const values = shown.current.get(device);
      if (values === undefined || wanted.current?.includes(metric) === false) continue;
      if ((values.get(metric)?.t ?? 0) > t) continue;
      values.set(metric, { value, t, unit });
      isChanged = true;
    }
    if (isChanged) setChange((change) => change + 1);
  }, []);
  useFeed(take);
  return { resource, reload, latest: shown.current as LatestOf };
}
