import { ids, kinds, properties } from "../guard/properties.ts";

/** Of the properties of a PUBLISH what becomes of use. */
export interface PublishProperties {
  readonly contentType?: string;
  /** A view of the bytes that were read. */
  readonly correlationData?: Buffer;
  /** A name that comes several times has several values. */
  readonly userProperties?: Readonly<Record<string, string | readonly string[]>>;
}

/** More user properties of one message are left out. */
const maxUserProperties = 100;

/** The properties of MQTT 5 between two places (2.2.2); undefined if they cannot be read. */
export function readProperties(bytes: Buffer, from: number, end: number): PublishProperties | undefined {
  let contentType: string | undefined;
  let correlationData: Buffer | undefined;
  const byName = new Map<string, string[]>();
  let count = 0;
  for (let at = from; at < end;) {
    const id = bytes[at]!;
    const kind = properties[id]?.kind;
    const after = kind === undefined ? -1 : endOfValue(bytes, at + 1, end, kind);
    if (after < 0) return undefined;
    if (id === ids.contentType) contentType = bytes.toString("utf8", at + 3, after);
    else if (id === ids.correlationData) correlationData = bytes.subarray(at + 3, after);
    else if (id === ids.userProperty && (count += 1) <= maxUserProperties) {
      const nameEnd = at + 3 + bytes.readUInt16BE(at + 1);
      const name = bytes.toString("utf8", at + 3, nameEnd);
      const value = bytes.toString("utf8", nameEnd + 2, after);
      const values = byName.get(name);
      if (values === undefined) byName.set(name, [value]);
      else values.push(value);
    }
    at = after;
  }
  // Its keys come from the wire.
  const userProperties = Object.create(null) as Record<string, readonly string[]>;
  for (const [name, values] of byName) userProperties[name] = values;
  return {
    ...(contentType !== undefined && { contentType }),
    ...(correlationData !== undefined && { correlationData }),
    ...(byName.size > 0 && { userProperties }),
  };
}

/** -1 if it is not whole. */
function endOfValue(bytes: Buffer, at: number, end: number, kind: number): number {
  switch (kind) {
    case kinds.byte:
      return within(at + 1, end);
    case kinds.twoBytes:
      return within(at + 2, end);
    case kinds.fourBytes:
      return within(at + 4, end);
    case kinds.variable:
      return endOfNumber(bytes, at, end);
    case kinds.pair: {
      const name = endOfText(bytes, at, end);
      return name < 0 ? name : endOfText(bytes, name, end);
    }
    default:
      return endOfText(bytes, at, end);
  }
}

function endOfText(bytes: Buffer, at: number, end: number): number {
  return at + 2 > end ? -1 : within(at + 2 + bytes.readUInt16BE(at), end);
}

function endOfNumber(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < Math.min(end, from + 4); at += 1) if (bytes[at]! < 0x80) return at + 1;
  return -1;
}

function within(after: number, end: number): number {
  return after > end ? -1 : after;
}
