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
/** Devices of which values are kept that come while an answer is under way. */
const mostHeard = 1_000;

type Values = Map<string, Map<string, Latest>>;

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

function withNewer(values: ReadonlyMap<string, Latest>, heard: ReadonlyMap<string, Latest> = new Map()) {
  const all = new Map(values);
  for (const [metric, latest] of heard) if ((all.get(metric)?.t ?? 0) <= latest.t) all.set(metric, latest);
  return all;
}

/** The newest values of a device or of several, kept up to date by the live stream. */
export function useLatest(ask: LatestAsk, choices: Choices) {
  // An answer may have been made before a value was stored, and come after the stream has told it.
  const heard = useRef<Values>(undefined);
  const { resource, reload } = useResource(JSON.stringify([ask, choices]), async () => {
    const meanwhile: Values = new Map();
    heard.current = meanwhile;
    return { stored: await load(ask, choices), meanwhile };
  });
  const shown = useRef<Values>(new Map());
  const wanted = useRef(ask.metrics);
  wanted.current = ask.metrics;
  const [, setChange] = useState(0);
  const answer = resource.value;
  useEffect(() => {
    shown.current = new Map(
      [...(answer?.stored ?? [])].map(([device, values]) => [device, withNewer(values, answer!.meanwhile.get(device))]),
    );
    if (heard.current === answer?.meanwhile) heard.current = undefined;
    setChange((change) => change + 1);
  }, [answer]);
  const take = useCallback((events: readonly LiveEvent[]) => {
    let isChanged = false;
    for (const { device, metric, value, t, unit } of readingsOf(events)) {
      if (wanted.current?.includes(metric) === false) continue;
      const meanwhile = heard.current;
      if (meanwhile !== undefined && meanwhile.size < mostHeard && !meanwhile.has(device)) {
        meanwhile.set(device, new Map());
      }
      for (const values of [meanwhile?.get(device), shown.current.get(device)]) {
        if (values !== undefined && (values.get(metric)?.t ?? 0) <= t) values.set(metric, { value, t, unit });
      }
      isChanged ||= shown.current.has(device);
    }
    if (isChanged) setChange((change) => change + 1);
  }, []);
  useFeed(take, reload);
  return { resource, reload, latest: shown.current as LatestOf };
}
