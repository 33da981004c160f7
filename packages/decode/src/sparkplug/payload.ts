import { DecodeError } from "@headwater/core";
import { isPacked, unpacked } from "./packed-payload.ts";
import { WireReader } from "./wire-reader.ts";
import { writePayload } from "./write-payload.ts";

/**
 * Sparkplug B's payload as the Eclipse Tahu schema has it (sparkplug_b.proto), as far as telemetry needs it:
 * https://github.com/eclipse/tahu. Nested values stay bytes until their type is known, which a message alone may not
 * say.
 */
export interface SparkplugPayload {
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint | undefined;
  readonly seq: number | undefined;
  readonly metrics: readonly SparkplugMetric[];
}

/** A value as it lies on the wire; what it means, the metric's datatype says. */
export type WireValue =
  | { readonly kind: "integer"; readonly value: bigint; readonly bits: 32 | 64 }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "bytes" | "dataset" | "template"; readonly value: Uint8Array };

export interface SparkplugMetric {
  readonly name: string | undefined;
  readonly alias: bigint | undefined;
  readonly timestamp: bigint | undefined;
  readonly datatype: number | undefined;
  readonly historical: boolean;
  readonly isNull: boolean;
  readonly unit: string | undefined;
  /** What the sender thinks of the value: 192 is good, as in OPC; undefined if it does not say. */
  readonly quality: number | undefined;
  readonly value: WireValue | undefined;
}

/**
 * Reads a payload, also a compressed one, whose metrics are in its body. Throws DecodeError for bytes that are no
 * payload, or one of more than `maxMetrics` metrics.
 */
export function readPayload(bytes: Uint8Array, maxMetrics: number): SparkplugPayload {
  const { body, ...payload } = readLayer(bytes, maxMetrics);
  if (body === undefined) return payload;
  const inner = readLayer(unpacked(body), maxMetrics);
  if (inner.body !== undefined) throw new DecodeError("The Sparkplug payload is compressed twice");
  const { timestamp = payload.timestamp, seq = payload.seq, metrics } = inner;
  return { timestamp, seq, metrics };
}

/** A payload with its body if that is a compressed payload; other bodies are the application's own. */
function readLayer(bytes: Uint8Array, maxMetrics: number): SparkplugPayload & { readonly body?: Uint8Array } {
  const reader = new WireReader(bytes);
  let timestamp: bigint | undefined;
  let seq: number | undefined;
  let hasPayload = false;
  let body: Uint8Array = new Uint8Array(0);
  const metrics: SparkplugMetric[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) timestamp = reader.uint64();
    else if (field === 2) pushMetric(metrics, reader.bytes(), maxMetrics);
    else if (field === 3) seq = reader.safeInteger();
    else if (field === 4) hasPayload = isPacked(reader.bytes());
    else if (field === 5) body = reader.bytes();
    else reader.skip();
  }
  if (seq !== undefined && seq > 255) throw new DecodeError("The Sparkplug sequence number is beyond 255");
  return { timestamp, seq, metrics, ...(hasPayload && { body }) };
}

function pushMetric(metrics: SparkplugMetric[], bytes: Uint8Array, maxMetrics: number): void {
  if (metrics.length === maxMetrics) throw new DecodeError(`The message has more than ${maxMetrics} metrics`);
  metrics.push(readMetric(bytes));
}

function readMetric(bytes: Uint8Array): SparkplugMetric {
  const reader = new WireReader(bytes);
  let name: string | undefined;
  let alias: bigint | undefined;
  let timestamp: bigint | undefined;
  let datatype: number | undefined;
  let historical = false;
  let isNull = false;
  let properties: Properties | undefined;
  let value: WireValue | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 2) alias = reader.uint64();
    else if (field === 3) timestamp = reader.uint64();
    else if (field === 4) datatype = reader.uint32();
    else if (field === 5) historical = reader.boolean();
    else if (field === 7) isNull = reader.boolean();
    else if (field === 9) properties = readProperties(reader.bytes());
    else if (field >= 10 && field <= 18) value = readValue(reader, field - 9);
    else reader.skip();
  }
  const { unit, quality } = properties ?? noProperties;
  return { name, alias, timestamp, datatype, historical, isNull, unit, quality, value };
}

/** Metrics, template parameters and cells of data sets number their values alike, from where each begins. */
export function readValue(reader: WireReader, number: number): WireValue {
  switch (number) {
    case 1:
      return { kind: "integer", value: BigInt(reader.uint32()), bits: 32 };
    case 2:
      return { kind: "integer", value: reader.uint64(), bits: 64 };
    case 3:
      return { kind: "float", value: reader.float() };
    case 4:
      return { kind: "float", value: reader.double() };
    case 5:
      return { kind: "boolean", value: reader.boolean() };
    case 6:
      return { kind: "text", value: reader.text() };
    case 7:
      return { kind: "bytes", value: reader.bytes() };
    case 8:
      return { kind: "dataset", value: reader.bytes() };
    default:
      return { kind: "template", value: reader.bytes() };
  }
}

export interface SparkplugTemplate {
  readonly isDefinition: boolean;
  readonly metrics: readonly SparkplugMetric[];
}

export function readTemplate(bytes: Uint8Array, maxMetrics: number): SparkplugTemplate {
  const reader = new WireReader(bytes);
  let isDefinition = false;
  const metrics: SparkplugMetric[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) pushMetric(metrics, reader.bytes(), maxMetrics);
    else if (field === 5) isDefinition = reader.boolean();
    else reader.skip();
  }
  return { isDefinition, metrics };
}

const unitKeys = new Set(["engunit", "unit", "units", "engineering units"]);
const qualityKey = "quality";

interface Properties {
  readonly unit: string | undefined;
  readonly quality: number | undefined;
}

const noProperties: Properties = { unit: undefined, quality: undefined };

/** The unit and the quality among a metric's properties. Sparkplug leaves the unit's key open; these are in use. */
function readProperties(bytes: Uint8Array): Properties {
  const reader = new WireReader(bytes);
  const keys: string[] = [];
  const values: Uint8Array[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) keys.push(reader.text());
    else if (field === 2) values.push(reader.bytes());
    else reader.skip();
  }
  const unit = values[keys.findIndex((key) => unitKeys.has(key.toLowerCase()))];
  const quality = values[keys.findIndex((key) => key.toLowerCase() === qualityKey)];
  return {
    unit: unit === undefined ? undefined : textProperty(unit),
    quality: quality === undefined ? undefined : integerProperty(quality),
  };
}

function textProperty(bytes: Uint8Array): string | undefined {
  const property = new WireReader(bytes);
  for (let field = property.next(); field !== 0; field = property.next()) {
    if (field === 8) return property.text();
    property.skip();
  }
  return undefined;
}

function integerProperty(bytes: Uint8Array): number | undefined {
  const property = new WireReader(bytes);
  for (let field = property.next(); field !== 0; field = property.next()) {
    if (field === 3) return property.uint32() | 0;
    if (field === 4) return Number(BigInt.asIntN(64, property.uint64()));
    property.skip();
  }
  return undefined;
}

const maxCommandMetrics = 1_000;
const rebirthMetric = "Node Control/Rebirth";

/** A command to an edge node to send its births again. */
export function rebirthCommand(timestamp: number): Uint8Array {
  return writePayload({ timestamp, metrics: [{ name: rebirthMetric, isTyped: true, value: true }] });
}

/** Whether a command to an edge node asks for its births. Throws DecodeError for bytes that are no payload. */
export function asksForRebirth(command: Uint8Array): boolean {
  return readPayload(command, maxCommandMetrics).metrics.some(
    ({ name, value }) => name === rebirthMetric && value?.kind === "boolean" && value.value,
  );
}
