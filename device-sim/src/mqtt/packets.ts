/** MQTT 3.1.1 and 5 packets as bytes (OASIS standards, section 3): what a device sends. */

export type MqttVersion = 4 | 5;

/** What the broker publishes for a client whose connection is lost. */
export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
}

export interface ConnectOptions {
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly cleanSession: boolean;
  /** Seconds */
  readonly keepAlive: number;
  readonly version?: MqttVersion | undefined;
  readonly will?: Will | undefined;
}

export const packetType = {
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  suback: 9,
  pingresp: 13,
  disconnect: 14,
} as const;

export const disconnectPacket = Buffer.from([0xe0, 0]);
export const pingPacket = Buffer.from([0xc0, 0]);

/** Of MQTT 5: the length of no properties, and a session that does not expire by itself. */
const noProperties = Buffer.from([0]);
const lastingSession = Buffer.from([5, 0x11, 0xff, 0xff, 0xff, 0xff]);
const nothing = Buffer.alloc(0);

export function connectPacket(options: ConnectOptions): Buffer {
  const { clientId, username, password, cleanSession, keepAlive, version = 4, will } = options;
  const names = [username, password].filter((each) => each !== undefined);
  const flags =
    (username === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40) |
    (will === undefined ? 0 : 4 | (will.qos << 3)) |
    (cleanSession ? 2 : 0);
  const head = Buffer.from([version, flags, keepAlive >>> 8, keepAlive & 0xff]);
  const properties = version === 4 ? nothing : cleanSession ? noProperties : lastingSession;
  const last =
    will === undefined
      ? []
      : [version === 4 ? nothing : noProperties, text(will.topic), twoBytes(will.payload.length), will.payload];
  return packet(0x10, [text("MQTT"), head, properties, text(clientId), ...last, ...names.map(text)]);
}

export function subscribePacket(id: number, filters: readonly string[], qos: number, version: MqttVersion = 4): Buffer {
  const each = filters.flatMap((filter) => [text(filter), Buffer.from([qos])]);
  return packet(0x82, [twoBytes(id), version === 5 ? noProperties : nothing, ...each]);
}

/** `topic` with its length before it, as `text` makes it. QoS 0 has no identifier. */
export function publishPacket(
  topic: Buffer,
  payload: Buffer,
  qos: number,
  id: number,
  isRepeated: boolean,
  version: MqttVersion = 4,
): Buffer {
  const length = topic.length + (qos === 0 ? 0 : 2) + (version === 5 ? 1 : 0) + payload.length;
  const sizeBytes = length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4;
  const bytes = Buffer.allocUnsafe(1 + sizeBytes + length);
  bytes[0] = 0x30 | (isRepeated ? 8 : 0) | (qos << 1);
  let at = 1;
  for (let rest = length; at <= sizeBytes; rest >>>= 7) bytes[at++] = (rest & 127) | (at <= sizeBytes ? 128 : 0);
  at += topic.copy(bytes, at);
  if (qos > 0) at = bytes.writeUInt16BE(id, at);
  if (version === 5) bytes[at++] = 0;
  payload.copy(bytes, at);
  return bytes;
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export function acknowledgement(type: 4 | 5 | 6 | 7, id: number): Buffer {
  return Buffer.from([(type << 4) | (type === packetType.pubrel ? 2 : 0), 2, id >>> 8, id & 0xff]);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([twoBytes(bytes.length), bytes]);
}

function twoBytes(value: number): Buffer {
  return Buffer.from([value >>> 8, value & 0xff]);
}

/** `first`: the byte with type and flags. */
export function packet(first: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>>= 7) length.push(rest & 127);
  const size = length.map((byte, i) => (i + 1 < length.length ? byte | 128 : byte));
  return Buffer.concat([Buffer.from([first, ...size]), body]);
}
