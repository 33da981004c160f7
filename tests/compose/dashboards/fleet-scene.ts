import type { AlertEvent } from "@headwater/proto";
import { alertTransition } from "@headwater/proto";
import { storedField, type Point, type TimeSeriesStore } from "@headwater/time-series";
import { alertPoint } from "../../../ingest-service/src/projection/alert-points.ts";

/**
 * A thousand devices for an hour, written as the ingest service writes them. Every value follows from the number of the
 * device and the minute, so that answers can be told beforehand.
 */
export const devices = 1000;
export const minutes = 60;
export const minute = 60_000_000;
/** Devices below this stop twenty minutes before the end. */
export const silentBelow = 8;
export const oddDevice = 'hall 3/a,b=c"d$e{f}.*é';
export const oddMetric = 'flow (m³/h), "a=b" ${c}/.*';

export function deviceId(i: number): string {
  return i === devices - 1 ? oddDevice : `boiler-${String(i).padStart(4, "0")}`;
}

export function temperature(i: number, at: number): number {
  return i + at / 100;
}

/** The last minute in which a device speaks. */
export function lastMinute(i: number): number {
  return i < silentBelow ? minutes - 21 : minutes - 1;
}

/** `start`: µs. Alerts included. */
export async function writeScene(store: TimeSeriesStore, start: number): Promise<void> {
  const points: Point[] = [];
  for (let i = 0; i < devices; i++) {
    for (let at = 0; at <= lastMinute(i); at++) points.push(reading(i, start, at));
  }
  points.push(telemetry("long-gone", start - 3_600_000_000, { temperature: 1e6 }));
  points.push(telemetry("only-text", start + minute, { mode: "auto" }));
  points.push(...alertScene(start).map((event) => alertPoint(event)), ...pointsOfFormerVersion(start));
  for (let from = 0; from < points.length; from += 5000) await store.write(points.slice(from, from + 5000));
}

function reading(i: number, start: number, at: number): Point {
  return telemetry(deviceId(i), start + at * minute, {
    temperature: temperature(i, at),
    pump: at % 2 === 0,
    // A number whose name looks like that of a text.
    window_text: i,
    ...(at % 30 === 0 && { mode: at === 0 ? "auto" : "manual" }),
    ...(i >= devices - 10 && { [oddMetric]: at }),
  });
}

function telemetry(device: string, time: number, readings: Readonly<Record<string, number | boolean | string>>): Point {
  const fields = Object.fromEntries(
    Object.entries(readings).map(([metric, value]) => {
      const stored = storedField(metric, value);
      return [stored.field, stored.value];
    }),
  );
  return { measurement: "telemetry", tags: { device }, time, fields };
}

export const openOfStale = 600;

/** What is open at the end: by rule and device, with the state that it has. */
export const openAtTheEnd = [
  { rule: "too-hot", device: deviceId(1), severity: "critical", state: "active", value: 95 },
  { rule: "too-hot", device: deviceId(2), severity: "critical", state: "acknowledged", value: 95 },
  { rule: "too-hot", device: deviceId(4), severity: "critical", state: "active", value: 99 },
  { rule: "too-hot", device: deviceId(7), severity: "warning", state: "active", value: 95 },
  { rule: "too-hot", device: deviceId(9), severity: "critical", state: "active", value: 95 },
  { rule: "too-hot", device: deviceId(11), severity: "critical", state: "active", value: "" },
  { rule: "former", device: deviceId(4), severity: "critical", state: "active", value: 99 },
  { rule: "too-hot", device: oddDevice, severity: "critical", state: "active", value: 95 },
] as const;

const day = 86_400_000_000;

/** 0.1.0 said nothing of the raise, in points of its own series. */
function pointsOfFormerVersion(start: number): Point[] {
  return alertScene(start)
    .filter(({ alertId }) => alertId === "alert-3" || alertId === "alert-4")
    .map((event) => alertPoint({ ...event, rule: "former", raisedAt: 0 }));
}

/** Every way in which an alert can stand: each device of `too-hot` has one of them. */
function alertScene(start: number): AlertEvent[] {
  const told: AlertEvent[] = [];
  const tell = (i: number, at: number, more: Partial<AlertEvent>): void => {
    const raisedAt = more.raisedAt ?? start;
    told.push({ ...blank, alertId: `alert-${i}`, device: deviceId(i), raisedAt, at: start + at * minute, ...more });
  };
  const raise = (i: number, more: Partial<AlertEvent> = {}): void =>
    tell(i, 0, { kind: alertTransition.raised, transition: 1, ...measured, ...more });
  const { cleared, acknowledged, escalated, amended, raised } = alertTransition;
  raise(1);
  raise(2);
  tell(2, 5, { kind: acknowledged, transition: 0 });
  raise(3);
  tell(3, 5, { kind: cleared, transition: 2, clearedAt: start + 5 * minute });
  raise(4, { severity: "warning" });
  tell(4, 5, { kind: escalated, transition: 2, ...measured, value: 99 });
  // A person ends it, and another acknowledges it afterwards.
  raise(5);
  tell(5, 5, { kind: cleared, transition: 0, cause: "hand", clearedAt: start + 5 * minute });
  tell(5, 6, { kind: acknowledged, transition: 0 });
  raise(6);
  tell(6, 0, { kind: cleared, transition: 2, cause: "retracted", amended: true, clearedAt: start });
  // Late data shows that it never ended: told later, with an earlier time.
  raise(7, { severity: "warning" });
  tell(7, 20, { kind: cleared, transition: 2, severity: "warning", clearedAt: start + 20 * minute });
  tell(7, 10, { kind: amended, transition: 3, severity: "warning", ...measured, amended: true });
  raise(8, { shadow: true });
  raise(9, { at: start - 2 * day, raisedAt: start - 2 * day });
  // The next one begins at the instant, and with the severity, at which the one before ends; then it ends, too.
  raise(10);
  const [end, next] = [start + 5 * minute, { alertId: "alert-10-next", raisedAt: start + 5 * minute }];
  tell(10, 5, { kind: cleared, transition: 2, clearedAt: end });
  tell(10, 5, { kind: raised, transition: 1, ...measured, ...next });
  tell(10, 9, { kind: cleared, transition: 2, clearedAt: start + 9 * minute, ...next });
  // Silence has no value.
  raise(11, { metric: "", value: 0, threshold: 0 });
  raise(devices - 1);
  for (let i = 0; i < openOfStale; i++) {
    const rule = { rule: "stale", severity: "info", alertId: `stale-${i}` };
    raise(100 + i, { ...rule, at: start + 30 * minute + i, raisedAt: start + 30 * minute + i });
    const low = { rule: "low", severity: "warning", alertId: `low-${i}` };
    raise(100 + i, low);
    tell(100 + i, 1, { ...low, kind: cleared, transition: 2, clearedAt: start + minute });
  }
  return told;
}

/**
 * Alerts whose raise lies in the hour: those of `stale`, `low` and `former`, and on the devices 1 to 5, 7, 8, 10
 * (twice), 11 and the odd one; the point of the one that was retracted says so instead.
 */
export const raisedInTheHour = { critical: 10, warning: 3 + openOfStale, info: openOfStale } as const;

const measured = { metric: "temperature", value: 95, threshold: 90 } as const;

const blank: AlertEvent = {
  alertId: "",
  transition: 0,
  rule: "too-hot",
  revision: 1,
  device: "",
  kind: alertTransition.raised,
  severity: "critical",
  at: 0,
  metric: "",
  value: 0,
  threshold: 0,
  amended: false,
  shadow: false,
  cause: "",
  by: "",
  comment: "",
  raisedAt: 0,
  clearedAt: 0,
  evidence: [],
  ...{ text: null, assignee: "", snoozedUntil: 0, mutedBy: [], flapping: false, action: 0, repetition: 0, seen: 0 },
  writeId: "",
  gateway: "",
  ...{ reason: "", groupedBy: {} },
};
