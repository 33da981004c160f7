import type { DatabaseSync } from "node:sqlite";
import type { Device } from "@headwater/aggregates";
import { deviceState } from "../devices/device-model.ts";
import type { Fact } from "../fleet/device-list.ts";
import { isOfGroup } from "./stream-group.ts";
import type { ToldBatch, ToldEvent } from "./told-batch.ts";

export interface StreamFilter {
  readonly devices: ReadonlySet<string> | undefined;
  readonly type: string | undefined;
  /** All of them. */
  readonly tags: readonly Fact[];
  /** A device group of this name. */
  readonly group: string | undefined;
  /** Of telemetry: these alone. */
  readonly metrics: ReadonlySet<string> | undefined;
}

export function isOpen({ devices, type, tags, group, metrics }: StreamFilter): boolean {
  const isOfAll = devices === undefined && type === undefined && tags.length === 0 && group === undefined;
  return isOfAll && metrics === undefined;
}

/** The events of a batch that a filter lets through, as text. Throws RequestError if its group has gone since. */
export function textsOf(batch: ToldBatch, filter: StreamFilter, db: DatabaseSync): readonly string[] {
  const { type, tags, group, metrics } = filter;
  const asksForDevice = type !== undefined || tags.length > 0;
  const texts: string[] = [];
  for (const event of batch.events) {
    if (filter.devices !== undefined && !filter.devices.has(event.device)) continue;
    if (asksForDevice && !isOfDevice(db, event, filter)) continue;
    if (group !== undefined && !isOfGroup(db, batch, event, group)) continue;
    const text = metrics === undefined || batch.topic !== "telemetry" ? event.text : onlyMetrics(event, metrics);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** Looked up once for all listeners. */
const devices = new WeakMap<ToldEvent, Device | undefined>();

/** As the device is now; one that is deleted has no type and no tags. */
function isOfDevice(db: DatabaseSync, event: ToldEvent, { type, tags }: StreamFilter): boolean {
  if (!devices.has(event)) devices.set(event, deviceState(db, event.device)?.device);
  const device = devices.get(event);
  if (device === undefined || (type !== undefined && device.type !== type)) return false;
  return tags.every(([name, value]) => device.tags[name] === value);
}

function onlyMetrics({ told }: ToldEvent, metrics: ReadonlySet<string>): string | undefined {
  const event = told as { readonly readings: readonly { readonly metric: string }[] };
  const readings = event.readings.filter(({ metric }) => metrics.has(metric));
  return readings.length === 0 ? undefined : `event: telemetry\ndata: ${JSON.stringify({ ...event, readings })}\n\n`;
}
