import { events } from "@headwater/proto";
import { DecodeError, isoFromMicros } from "@headwater/core";
import { frameKinds, type Frame, type FrameKind } from "../pipeline/frame/frame.ts";

export const kindNames = ["event", "mark", "gap", "quarantine", "presence", "command"] as const;
export type KindName = (typeof kindNames)[number];

const names = new Map<FrameKind, KindName>(kindNames.map((name) => [frameKinds[name], name]));

/** The content of a frame in a form for people. */
export interface SpooledRecord {
  readonly segment: number;
  readonly offset: number;
  readonly kind: KindName;
  readonly partition: number;
  /** Of its lane; absent where there is none. */
  readonly n?: number;
  readonly device?: string;
  readonly receivedAt?: string;
  /** The record's content; absent if it cannot be decoded. */
  readonly content?: unknown;
  readonly headers?: unknown;
  /** The record's bytes in base64. */
  readonly raw?: string;
}

export function kindOf(frame: Frame): KindName {
  return names.get(frame.kind)!;
}

/** When the gateway took it (microseconds); undefined if that is not in it, or it cannot be decoded. */
export function receivedAtOf(frame: Frame): number | undefined {
  return decoded(frame)?.at;
}

export function spooledRecord(frame: Frame, segment: number, offset: number, raw: boolean): SpooledRecord {
  const { n, partition, key, headers, value } = frame;
  const content = decoded(frame);
  return {
    ...{ segment, offset, kind: kindOf(frame), partition },
    ...(n > 0 && { n }),
    ...(key.length > 0 && { device: key.toString() }),
    ...(content !== undefined && { receivedAt: isoFromMicros(content.at), content: content.record }),
    ...(headers !== undefined && { headers: JSON.parse(headers) as unknown }),
    ...(raw && { raw: value.toString("base64") }),
  };
}

/** One line of JSON; bytes inside of it in base64. */
export function lineOf(record: SpooledRecord): string {
  const text = JSON.stringify(record, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );
  return `${text}\n`;
}

function decoded({ kind, value }: Frame): { at: number; record: unknown } | undefined {
  try {
    if (kind === frameKinds.quarantine) return at(events.quarantine.decode(value));
    if (kind === frameKinds.presence) return at(events.presence.decode(value));
    if (kind === frameKinds.command) return at(events.command.decode(value));
    const record = events.telemetry.decode(value);
    return { at: record.receivedAt, record: withoutEmpty(record) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}

function at(record: { readonly at: number }): { at: number; record: unknown } {
  return { at: record.at, record: withoutEmpty(record) };
}

function withoutEmpty(record: object): unknown {
  const said = Object.entries(record).filter(
    ([name, value]) => !name.startsWith("$") && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(said);
}
