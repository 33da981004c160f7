/**
 * What MQTT 5 obliges a server to in CONNACK, whatever else it tells (section 3.2.2): the parts of the packet, the
 * types and ranges of its properties, and what the CONNECT before it binds. Written from the specification, not from
 * the gateway's own table.
 */

type Kind = "byte" | "flag" | "two" | "four" | "text" | "binary" | "pair";

interface Told {
  readonly name: string;
  readonly kind: Kind;
  readonly isNotZero?: boolean;
}

/** Of 3.2.2.3, by identifier. */
const inConnack: ReadonlyMap<number, Told> = new Map<number, Told>([
  [0x11, { name: "Session Expiry Interval", kind: "four" }],
  [0x21, { name: "Receive Maximum", kind: "two", isNotZero: true }],
  [0x24, { name: "Maximum QoS", kind: "flag" }],
  [0x25, { name: "Retain Available", kind: "flag" }],
  [0x27, { name: "Maximum Packet Size", kind: "four", isNotZero: true }],
  [0x12, { name: "Assigned Client Identifier", kind: "text", isNotZero: true }],
  [0x22, { name: "Topic Alias Maximum", kind: "two" }],
  [0x1f, { name: "Reason String", kind: "text" }],
  [0x26, { name: "User Property", kind: "pair" }],
  [0x28, { name: "Wildcard Subscription Available", kind: "flag" }],
  [0x29, { name: "Subscription Identifiers Available", kind: "flag" }],
  [0x2a, { name: "Shared Subscription Available", kind: "flag" }],
  [0x13, { name: "Server Keep Alive", kind: "two" }],
  [0x1a, { name: "Response Information", kind: "text" }],
  [0x1c, { name: "Server Reference", kind: "text" }],
  [0x15, { name: "Authentication Method", kind: "text" }],
  [0x16, { name: "Authentication Data", kind: "binary" }],
]);

/** Of 3.1.2.11, as far as they bind CONNACK or have to be stepped over. */
const inConnect: ReadonlyMap<number, Told> = new Map<number, Told>([
  [0x11, { name: "Session Expiry Interval", kind: "four" }],
  [0x21, { name: "Receive Maximum", kind: "two" }],
  [0x27, { name: "Maximum Packet Size", kind: "four" }],
  [0x22, { name: "Topic Alias Maximum", kind: "two" }],
  [0x19, { name: "Request Response Information", kind: "byte" }],
  [0x17, { name: "Request Problem Information", kind: "byte" }],
  [0x26, { name: "User Property", kind: "pair" }],
  [0x15, { name: "Authentication Method", kind: "text" }],
  [0x16, { name: "Authentication Data", kind: "binary" }],
]);

const userProperty = 0x26;
const redirections = [0x9c, 0x9d];

/** Says which section a CONNACK breaks, and how; undefined: none. `connect` is the valid CONNECT that it answers. */
export function connackFault(connect: Buffer, connack: Buffer): string | undefined {
  try {
    check(requestOf(connect), connack);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

interface Request {
  readonly cleanStart: boolean;
  readonly clientId: string;
  readonly properties: Properties;
}

type Properties = ReadonlyMap<number, number | string>;

function check({ cleanStart, clientId, properties: asked }: Request, connack: Buffer): void {
  const [head, at] = variable(connack, 1);
  must(connack[0] === 0x20, "3.2.1: the fixed header of CONNACK is 0x20");
  must(head === connack.length - at, "3.2.1: its length is that of the packet");
  const [flags, code] = [connack[at]!, connack[at + 1]!];
  must(flags <= 1, "3.2.2.1: bits 7 to 1 of the acknowledge flags are 0 [MQTT-3.2.2-1]");
  must(flags === 0 || !cleanStart, "3.2.2.1.1: no session is present after a clean start [MQTT-3.2.2-2]");
  must(flags === 0 || code === 0, "3.2.2.1.1: no session is present for who is refused [MQTT-3.2.2-6]");
  const told = propertiesOf(connack, at + 2, inConnack);
  must(told.end === connack.length, "3.2.2.3: nothing follows the properties");
  const { properties } = told;

  const mostBytes = asked.get(0x27);
  must(
    mostBytes === undefined || connack.length <= Number(mostBytes),
    `3.1.2.11.4: ${connack.length} bytes are more than the client takes [MQTT-3.1.2-24]`,
  );
  const isAssigned = clientId === "" && code === 0;
  must(properties.has(0x12) === isAssigned, "3.2.2.3.7: a client identifier is assigned where there was none, alone");
  must(
    !properties.has(0x11) || properties.get(0x11) !== (asked.get(0x11) ?? 0),
    "3.2.2.3.2: a session expiry is told where it is another than the client's",
  );
  must(!properties.has(0x1a) || asked.get(0x19) === 1, "3.2.2.3.15: response information is for who asks for it");
  must(
    !properties.has(0x1c) || redirections.includes(code),
    "3.2.2.3.16: a reference to a server is for 0x9C and 0x9D",
  );
  must(
    properties.get(0x15) === (code === 0 ? asked.get(0x15) : properties.get(0x15)),
    "3.2.2.3.17: the client's method",
  );
  must(!properties.has(0x15) || asked.has(0x15), "4.12: who named no method is not authenticated by one");
  must(!properties.has(0x16) || properties.has(0x15), "3.2.2.3.18: authentication data belongs to a method");
}

function requestOf(connect: Buffer): Request {
  const [, from] = variable(connect, 1);
  // Protocol name, version, flags, keep alive.
  const versionAt = from + 2 + connect.readUInt16BE(from);
  const { properties, end } = propertiesOf(connect, versionAt + 4, inConnect);
  const clientId = connect.toString("utf8", end + 2, end + 2 + connect.readUInt16BE(end));
  return { cleanStart: (connect[versionAt + 1]! & 2) !== 0, clientId, properties };
}

function propertiesOf(
  bytes: Buffer,
  lengthAt: number,
  known: ReadonlyMap<number, Told>,
): { properties: Properties; end: number } {
  const properties = new Map<number, number | string>();
  const [length, from] = variable(bytes, lengthAt);
  const end = from + length;
  must(end <= bytes.length, "2.2.2.1: the properties end within the packet");
  for (let at = from; at < end;) {
    const id = bytes[at]!;
    const told = known.get(id);
    if (told === undefined) throw new RangeError(`3.2.2.3: no property 0x${id.toString(16)} belongs there`);
    const { name, kind, isNotZero = false } = told;
    const after = at + 1 + sizeOf(bytes, at + 1, kind);
    must(after <= end, `3.2.2.3: ${name} is whole`);
    must(id === userProperty || !properties.has(id), `3.2.2.3: ${name} is there once`);
    const value = valueOf(bytes, at + 1, after, kind);
    must(kind !== "flag" || value === 0 || value === 1, `3.2.2.3: ${name} is 0 or 1`);
    must(!isNotZero || (value !== 0 && value !== ""), `3.2.2.3: ${name} is not 0 and not empty`);
    properties.set(id, value);
    at = after;
  }
  return { properties, end };
}

function sizeOf(bytes: Buffer, at: number, kind: Kind): number {
  const field = (from: number): number => 2 + (from + 2 <= bytes.length ? bytes.readUInt16BE(from) : 0);
  switch (kind) {
    case "byte":
    case "flag":
      return 1;
    case "two":
      return 2;
    case "four":
      return 4;
    case "pair":
      return field(at) + field(at + field(at));
    default:
      return field(at);
  }
}

function valueOf(bytes: Buffer, from: number, to: number, kind: Kind): number | string {
  if (kind === "byte" || kind === "flag" || kind === "two" || kind === "four") return bytes.readUIntBE(from, to - from);
  if (kind === "binary") return bytes.toString("hex", from + 2, to);
  // A pair is text twice; what both are is not looked at apart.
  return new TextDecoder("utf-8", { fatal: kind === "text" }).decode(bytes.subarray(from + 2, to));
}

/** A variable byte integer, and where it ends (1.5.5). */
function variable(bytes: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 4; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw new RangeError("1.5.5: a length of at most four bytes");
}

function must(holds: boolean, section: string): void {
  if (!holds) throw new RangeError(section);
}
