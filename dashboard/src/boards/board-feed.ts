import { createContext, useContext, useEffect } from "react";
import { live, type LiveEvent } from "../data/live.ts";

/** The query of the live stream that all widgets of a board share: a browser has few connections. */
export const FeedContext = createContext("");

export interface Reading {
  readonly device: string;
  readonly metric: string;
  readonly value: unknown;
  readonly t: number;
  readonly unit?: string;
}

/**
 * Hears what a board hears; `listener` has to be the same as long as it is about the same.
 *
 * @param opened called when the connection is there: what came before it is to be asked for
 */
export function useFeed(listener: (events: readonly LiveEvent[]) => void, opened: () => void): void {
  const query = useContext(FeedContext);
  useEffect(() => (query === "" ? undefined : live.listen(query, listener, opened)), [query, listener, opened]);
}

/** The readings among what came. */
export function readingsOf(events: readonly LiveEvent[]): Reading[] {
  return events.flatMap(({ topic, data }) => {
    if (topic !== "telemetry") return [];
    const { device, readings } = data as { device: string; readings: readonly Omit<Reading, "device">[] };
    return readings.map((reading) => ({ ...reading, device }));
  });
}
