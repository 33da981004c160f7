import { DecodeError } from "@headwater/core";
import { brokerRoutes, defaultDecodeLimits } from "@headwater/decode";
import { events, type TelemetryRecord } from "@headwater/proto";
import { readingValue } from "@headwater/proto/event-types";
import type { QuarantineEntry } from "./quarantine-queries.ts";

/** Bytes that are shown as hex. */
const maxHexBytes = 16 * 1024;
/** Characters and readings that are shown of what could be read. */
const maxText = 64 * 1024;
const maxShown = 1000;

/** What of the bytes can be read, as far as it can. */
export interface Look {
  readonly hex: string;
  readonly bytes: number;
  /** If the bytes are UTF-8. */
  readonly text?: string;
  readonly decoded?: { readonly as: "record" | "json" | "readings"; readonly value: unknown };
  /** Where reading came to an end. */
  readonly problem?: string;
}

export interface ShownReading {
  readonly metric: string;
  readonly value: number | boolean | string | null;
  readonly time: number;
  readonly unit?: string;
}

/** What is seen of the bytes that the next attempt takes. */
export function lookAt({ payload, fixedPayload, fixedTopic, mqttTopic, logTopic, device }: QuarantineEntry): Look {
  const bytes = fixedPayload ?? payload;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shown = { hex: buffer.subarray(0, maxHexBytes).toString("hex"), bytes: bytes.length };
  const text = textOf(bytes);
  const withText = text === undefined ? shown : { ...shown, text: text.slice(0, maxText) };
  if (logTopic !== "" && fixedPayload === undefined)
    return { ...withText, ...attempt("record", () => recordOf(bytes)) };
  const topic = fixedTopic ?? (mqttTopic === "" ? `devices/${device}/telemetry` : mqttTopic);
  const readings = attempt("readings", () => readingsOf(topic, bytes));
  if (readings.decoded !== undefined || text === undefined) return { ...withText, ...readings };
  const { decoded } = attempt("json", () => JSON.parse(text) as unknown);
  return {
    ...withText,
    ...(decoded !== undefined && { decoded }),
    ...(readings.problem !== undefined && { problem: readings.problem }),
  };
}

function attempt(as: "record" | "json" | "readings", read: () => unknown): Pick<Look, "decoded" | "problem"> {
  try {
    return { decoded: { as, value: read() } };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** By the routes that every gateway has; a gateway may have more. */
function readingsOf(topic: string, payload: Uint8Array): unknown {
  const route = brokerRoutes([]).find(topic);
  if (route === undefined) throw new DecodeError("No route reads this topic");
  const { samples, effects } = route.decoder(payload, defaultDecodeLimits);
  if (samples.length === 0) throw new DecodeError(effects?.quarantine ?? "The message has no readings");
  return { device: route.device, samples: samples.slice(0, maxShown) };
}

function recordOf(payload: Uint8Array): unknown {
  const record: TelemetryRecord = events.telemetry.decode(payload);
  const { device, gateway, epoch, n, receivedAt, eventTime, attributes, incarnation } = record;
  return {
    ...{ device, gateway, epoch, n, receivedAt, eventTime, incarnation, attributes: { ...attributes } },
    readings: readingsShown(record, maxShown),
  };
}

/** As people see them; times in µs. */
export function readingsShown({ eventTime, readings }: TelemetryRecord, most: number): readonly ShownReading[] {
  return readings.slice(0, most).map((reading) => ({
    metric: reading.metric,
    value: readingValue(reading) ?? null,
    time: eventTime + reading.timeDelta,
    ...(reading.unit !== "" && { unit: reading.unit }),
  }));
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
