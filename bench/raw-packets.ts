/**
 * MQTT 3.1.1 packets as bytes, made once: a load must cost little of the machine that it shares with what it measures.
 */

export interface ConnectOptions {
  readonly clientId: string;
  /** Without it: no login. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly cleanSession?: boolean;
  /** Seconds */
  readonly keepAlive?: number;
}

export const disconnect = Buffer.from([0xe0, 0]);
export const pingRequest = Buffer.from([0xc0, 0]);
export const packetTypes = { connack: 0x20, puback: 0x40, suback: 0x90, pingresp: 0xd0 } as const;

export function connectPacket({ clientId, login, cleanSession = true, keepAlive = 60 }: ConnectOptions): Buffer {
  const flags = (login === undefined ? 0 : 0xc0) | (cleanSession ? 0x02 : 0);
  const names = login === undefined ? [] : [text(login.username), text(login.password)];
  const head = Buffer.from([4, flags, keepAlive >>> 8, keepAlive & 0xff]);
  return packet(0x10, [text("MQTT"), head, text(clientId), ...names]);
}

/** QoS 1, its packet identifier left 0: two bytes before the payload. */
export function publishPacket(topic: string, payload: string): Buffer {
  return packet(0x32, [text(topic), Buffer.alloc(2), Buffer.from(payload)]);
}

export function subscribePacket(packetId: number, filter: string, qos: number): Buffer {
  return packet(0x82, [Buffer.from([packetId >>> 8, packetId & 0xff]), text(filter), Buffer.from([qos])]);
}

function packet(first: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([first]), remaining(body.length), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function remaining(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
