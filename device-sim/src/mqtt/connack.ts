import { SimulationError } from "../errors.ts";

/** The broker's answer to CONNECT. */
export interface Connack {
  /** Undefined: let in. */
  readonly refusal: string | undefined;
  /** Messages of QoS 1 and 2 that it takes without having acknowledged them. */
  readonly receiveMaximum: number;
  /** Seconds; undefined: what CONNECT said. */
  readonly keepAlive: number | undefined;
}

const ids = { keepAlive: 0x13, reasonString: 0x1f, receiveMaximum: 0x21 } as const;
/** Bytes of a property of CONNACK that is a number; all others are texts (MQTT 5, 3.2.2.3). */
const widths: Readonly<Record<number, number>> = {
  ...{ 0x24: 1, 0x25: 1, 0x28: 1, 0x29: 1, 0x2a: 1, 0x13: 2, 0x21: 2, 0x22: 2, 0x11: 4, 0x27: 4 },
};
const userProperty = 0x26;

/** Reads CONNACK from its acknowledge flags on. */
export function readConnack(body: Buffer, version: 4 | 5): Connack {
  const code = body[1] ?? 255;
  const refusal = code === 0 ? undefined : (refusals[code] ?? `refused with code ${code}`);
  if (version === 4 || (code > 0 && code < 0x80)) return { refusal, receiveMaximum: 65_535, keepAlive: undefined };
  const { numbers, reason } = readProperties(body, 2);
  return {
    refusal: refusal === undefined || reason === undefined ? refusal : `${refusal} (${reason})`,
    receiveMaximum: numbers.get(ids.receiveMaximum) ?? 65_535,
    keepAlive: numbers.get(ids.keepAlive),
  };
}

/** Where what follows the properties begins, whose length stands there. */
export function endOfProperties(body: Buffer, from: number): number {
  let length = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = body[at++] ?? 0;
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) return at + length;
  }
}

function readProperties(body: Buffer, from: number): { numbers: Map<number, number>; reason: string | undefined } {
  const numbers = new Map<number, number>();
  let reason: string | undefined;
  const end = endOfProperties(body, from);
  let at = from;
  while (body[at]! >= 128) at += 1;
  at += 1;
  while (at < end) {
    const id = body[at]!;
    const width = widths[id];
    if (width !== undefined) {
      numbers.set(id, body.readUIntBE(at + 1, width));
      at += 1 + width;
      continue;
    }
    const texts = id === userProperty ? 2 : 1;
    at += 1;
    for (let i = 0; i < texts; i += 1) {
      const next = at + 2 + body.readUInt16BE(at);
      if (id === ids.reasonString) reason = body.toString("utf8", at + 2, next);
      at = next;
    }
  }
  if (at !== end) throw new SimulationError("The broker's CONNACK has properties that do not end where they say");
  return { numbers, reason };
}

/** MQTT 3.1.1, table 3.1; MQTT 5, table 3-1. */
const refusals: Readonly<Record<number, string>> = {
  1: "refused: the protocol version is not served",
  2: "refused: the client identifier is not allowed",
  3: "refused: the server is unavailable",
  4: "refused: bad user name or password",
  5: "refused: not authorized",
  0x84: "refused: the protocol version is not served",
  0x85: "refused: the client identifier is not allowed",
  0x86: "refused: bad user name or password",
  0x87: "refused: not authorized",
  0x88: "refused: the server is unavailable",
  0x89: "refused: the server is busy",
  0x9c: "refused: another server is to be used",
};
