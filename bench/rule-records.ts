import { events } from "@headwater/proto";

/** What the benches of rules send through the engine. */
export const DEVICES = 1000;

/** Records that are decoded before the engine has them. */
export const BLOCK = 2000;

const second = 1_000_000;
const start = 1_700_000_000 * second;

/** Every device sends a reading a second: a random walk that now and then crosses a threshold, or one of two values. */
export function recordsOf(metric: string, count: number): Uint8Array[] {
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const values = Array.from({ length: DEVICES }, () => 50);
  return Array.from({ length: count }, (_, i) => {
    const device = i % DEVICES;
    const time = start + Math.floor(i / DEVICES) * second + device * 100;
    const isMark = i % 5000 === 4999;
    values[device] = Math.min(100, Math.max(0, values[device]! + (random() - 0.5) * 2));
    const number = metric === "flag" ? Math.floor(i / DEVICES) % 2 : values[device];
    const readings = [{ metric, number }];
    const what = isMark ? { mark: { received: i } } : { device: `device-${device}`, eventTime: time, readings };
    return events.telemetry.encode({ gateway: "gateway", epoch: 1, n: i + 1, receivedAt: time, ...what });
  });
}

/** Of rows with a rule alone, by what they are called. */
export const aloneConditions = {
  "one rule, a threshold with hysteresis": { metric: "t", op: ">", threshold: 60, clearBelow: 55 },
  "one rule, the mean of 5 min, sliding": { metric: "t", window: { over: "5m" }, aggregate: "mean", above: 60 },
  "one rule, the mean of 5 min, tumbling": {
    ...{ metric: "t", aggregate: "mean", above: 60 },
    window: { over: "5m", every: "5m" },
  },
  "one rule, every reading raises or clears": { metric: "flag", op: ">", threshold: 0.5 },
} as const;
