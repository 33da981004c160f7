import { DecodeError, nowMicros } from "@headwater/core";
import { readCbor } from "../cbor/cbor-reader.ts";
import type { DecodedMessage, Decoder, DecodeLimits, DecoderOfTopic } from "../decoder.ts";
import { sumOfTimes, type DeviceTime } from "../device-time.ts";
import { exactNumber, InexactNumber, itemsWithBadText, parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import { Unreadable } from "../unreadable.ts";
import { senmlRecord, type SenmlNumber, type SenmlRecord } from "./senml-record.ts";

export interface SenmlOptions {
  /** The wall clock, microseconds: SenML may count times from now. */
  readonly now?: () => number;
}

/** The version of SenML that RFC 8428 describes; later ones are not understood. */
const knownVersion = 10;

/** Microseconds below this count from now (section 4.5.3: 2^28 seconds). */
const relativeBelow = 2 ** 28 * 1_000_000;

/** Characters of a name (section 4.5.1). */
const nameCharacters = /^[A-Za-z0-9][A-Za-z0-9:./_-]*$/;

/** The part of a device URN before the device. */
const urn = /^urn:dev:[a-z0-9]+:/;

/** A record has at least two bytes, and each of its fields two more. */
const maxCborItems = 200_000;

/** SenML in JSON (RFC 8428). */
export function senmlJson(options: SenmlOptions = {}): DecoderOfTopic {
  return ({ device }) =>
    (payload, limits) => {
      const pack = parseJson(payload, itemsWithBadText);
      if (!Array.isArray(pack)) throw new DecodeError("A SenML pack has to be an array");
      return readPack(pack, device, limits, options, (item, unread) => {
        if (typeof item !== "object" || item === null || Array.isArray(item) || item instanceof InexactNumber)
          return undefined;
        return senmlRecord(Object.entries(item), "json", unread);
      });
    };
}

/** SenML in CBOR (RFC 8428, section 6). */
export function senmlCbor(options: SenmlOptions = {}): DecoderOfTopic {
  return ({ device }): Decoder =>
    (payload, limits) => {
      const pack = readCbor(payload, { maxDepth: limits.maxDepth, maxItems: maxCborItems });
      if (pack instanceof Unreadable) throw pack.error;
      if (!Array.isArray(pack)) throw new DecodeError("A SenML pack has to be an array");
      return readPack(pack, device, limits, options, (item, unread) =>
        item instanceof Map ? senmlRecord(item as Map<string | number, unknown>, "cbor", unread) : undefined,
      );
    };
}

type RecordOf = (item: unknown, unread: (label: string) => void) => SenmlRecord | undefined;

/** Base values that the records so far set for those that follow. */
interface Base {
  name: string;
  time: SenmlNumber;
  unit: string | undefined;
  value: SenmlNumber | undefined;
  sum: SenmlNumber | undefined;
}

function readPack(
  pack: readonly unknown[],
  device: string | undefined,
  limits: DecodeLimits,
  { now = nowMicros }: SenmlOptions,
  recordOf: RecordOf,
): DecodedMessage {
  const builder = new MessageBuilder(limits);
  const unread = new Set<string>();
  const base: Base = { name: "", time: 0, unit: undefined, value: undefined, sum: undefined };
  // One now for the whole pack, taken only if it counts from now.
  let present: number | undefined;
  const timeOf = (from: SenmlNumber, seconds: SenmlNumber): DeviceTime | undefined => {
    const time = sumOfTimes(from, seconds, "s");
    if (typeof time !== "number" || time >= relativeBelow) return time;
    return time === 0 ? undefined : (present ??= now()) + time;
  };
  let version: number | undefined;
  for (const [index, item] of pack.entries()) {
    const read = (): void => {
      if (item instanceof Unreadable) throw item.error;
      const record = recordOf(item, (label) => unread.add(label));
      if (record === undefined) throw new DecodeError("A SenML record has to be an object");
      version ??= record.bver ?? knownVersion;
      checkVersion(record, version);
      rebase(base, record);
      addRecord(builder, base, record, device, timeOf);
    };
    // What a record sets for those that follow would be missing.
    if (setsBase(item)) read();
    else builder.part(`record ${index}`, read);
  }
  if (unread.size > 0) builder.fact("not-read", [...unread].join(","));
  return builder.finish();
}

/** Whether labels for the records that follow may be in it: `b…` in JSON, negative in CBOR. */
function setsBase(item: unknown): boolean {
  // Of a record in CBOR that is not valid nobody can tell.
  if (item instanceof Unreadable) return item.value === undefined || setsBase(item.value);
  if (item instanceof Map) return [...item.keys()].some((label) => typeof label !== "number" || label < 0);
  return typeof item === "object" && item !== null && Object.keys(item).some((label) => label.startsWith("b"));
}

function checkVersion({ bver }: SenmlRecord, version: number): void {
  if (bver === undefined) return;
  if (!Number.isInteger(bver) || bver < 1 || bver > knownVersion)
    throw new DecodeError(`SenML version ${bver} is not understood`);
  if (bver !== version) throw new DecodeError("The SenML pack has records of several versions");
}

function rebase(base: Base, { bn, bt, bu, bv, bs }: SenmlRecord): void {
  if (bn !== undefined) base.name = bn;
  if (bt !== undefined) base.time = bt;
  if (bu !== undefined) base.unit = bu;
  if (bv !== undefined) base.value = bv;
  if (bs !== undefined) base.sum = bs;
}

function addRecord(
  builder: MessageBuilder,
  base: Base,
  record: SenmlRecord,
  device: string | undefined,
  timeOf: (from: SenmlNumber, seconds: SenmlNumber) => DeviceTime | undefined,
): void {
  // A record may set base values for those that follow, and nothing else.
  const labels = Object.keys(record);
  if (labels.length > 0 && labels.every((label) => label.startsWith("b"))) return;
  const { v, vs, vb, vd, s } = record;
  const values = [v, vs, vb, vd].filter((value) => value !== undefined);
  if (values.length > 1) throw new DecodeError("A SenML record has more than one value");
  // A base alone counts as if the record's own were zero (section 4.5.4).
  const sum = s === undefined ? base.sum : plus(base.sum, s);
  const value = v !== undefined ? plus(base.value, v) : (values[0] ?? base.value);
  if (value === undefined && sum === undefined && record.none !== true)
    throw new DecodeError("A SenML record has no value");
  const name = base.name + (record.n ?? "");
  if (!nameCharacters.test(name))
    throw new DecodeError("A SenML name is empty or has characters that a name may not have");
  const metric = metricOf(name, device);
  const time = timeOf(base.time, record.t ?? 0);
  const unit = record.u ?? base.unit;
  if (vd !== undefined) builder.note("kept-as-base64", metric);
  if (value !== undefined) builder.add(metric, value, time, unit);
  else if (sum === undefined) builder.note("without-value", metric);
  if (sum !== undefined) builder.add(`${metric}_sum`, sum, time, unit === undefined ? undefined : `${unit}.s`);
}

/**
 * The name without what only names the device: its device URN (RFC 9039) or its id alone. A sensor that has the whole
 * name to itself is `value`. Names of other devices stay whole, so that a pack of many never mixes them.
 */
function metricOf(name: string, device: string | undefined): string {
  if (device === undefined || device === "") return name;
  const from = name.startsWith(device) ? 0 : (urn.exec(name)?.[0].length ?? 0);
  if (!name.startsWith(device, from)) return name;
  const rest = name.slice(from + device.length);
  if (rest === "") return "value";
  return ":/_.-".includes(rest[0]!) ? rest.slice(1) || "value" : name;
}

function plus(base: SenmlNumber | undefined, value: SenmlNumber): SenmlNumber {
  if (base === undefined || base === 0) return value;
  if (value === 0) return base;
  if (value instanceof InexactNumber && value.isNoNumber) return value;
  if (typeof base !== "number" || typeof value !== "number")
    throw new DecodeError("A SenML number is too large to be added to");
  const sum = base + value;
  if (!Number.isFinite(sum)) throw new DecodeError("A SenML sum is beyond what a double can hold");
  if (!Number.isInteger(base) || !Number.isInteger(value) || Number.isSafeInteger(sum)) return sum;
  const exact = BigInt(base) + BigInt(value);
  return exactNumber(exact) ?? new InexactNumber(String(exact));
}
