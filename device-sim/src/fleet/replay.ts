import { setTimeout as delay } from "node:timers/promises";
import type { Sample } from "../series/series.ts";
import type { SimulatedDevice } from "./device.ts";

export interface ReplayOptions {
  readonly metric: string;
  /** Multiple of real time; "max" sends as fast as the window of unacked publishes allows. */
  readonly speed: number | "max";
  /** Publishes in flight at most with "max". */
  readonly window?: number;
  readonly signal?: AbortSignal;
  onProgress?(sent: number): void;
}

/**
 * Replays a series as one device, one message a sample with its own time. With a speed the load is open-loop: it keeps
 * its schedule however slowly acks come. Resolves when every message is acked.
 */
export async function replay(
  device: SimulatedDevice,
  samples: readonly Sample[],
  options: ReplayOptions,
): Promise<void> {
  let inFlight = 0;
  let failure: unknown;
  let wake: (() => void) | undefined;
  const first = samples[0]?.time ?? 0;
  const begun = performance.now();
  const window = options.speed === "max" ? (options.window ?? 200) : Number.POSITIVE_INFINITY;
  const settled = () => {
    inFlight--;
    wake?.();
  };
  const untilBelow = async (limit: number) => {
    while (inFlight >= limit) await new Promise<void>((resolve) => (wake = resolve));
  };

  for (const [index, sample] of samples.entries()) {
    if (options.signal?.aborted === true || failure !== undefined) break;
    if (options.speed !== "max") {
      const due = begun + (sample.time - first) / 1000 / options.speed;
      const wait = due - performance.now();
      if (wait > 1) await delay(wait);
    }
    await untilBelow(window);
    inFlight++;
    device.publish(telemetryJson(options.metric, sample)).then(settled, (error: unknown) => {
      failure = error;
      settled();
    });
    options.onProgress?.(index + 1);
  }
  await untilBelow(1);
  if (failure !== undefined) throw failure;
}

/** Headwater JSON with the sample's own time in milliseconds. */
function telemetryJson(metric: string, sample: Sample): string {
  return JSON.stringify({ ts: sample.time / 1000, values: { [metric]: sample.value } });
}
