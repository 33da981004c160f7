import { connect as connectTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { Random } from "./random.ts";

export type FuzzTransport = "tcp" | "tls" | "ws" | "wss";

/** What carries the bytes of a peer that means no good, and may be broken itself. */
export interface FuzzLine {
  /** Of TCP. */
  readonly socket: Socket;
  /** As a client does that has no more to say. */
  end(): void;
  /** Sends bytes of MQTT. */
  write(bytes: Buffer): void;
  /** Called with each chunk of MQTT that the gateway answers. */
  onAnswer: (bytes: Buffer) => void;
}

/** For a handshake that the gateway may not answer (milliseconds). */
const handshakeWithinMs = 1000;
/** One of so many lines is broken below MQTT. */
const brokenOneOf = 8;

/** Rejects if the gateway does not take the connection. */
export async function openLine(
  transport: FuzzTransport,
  port: number,
  localAddress: string,
  random: Random,
): Promise<FuzzLine> {
  const socket = connectTcp({ port, host: "127.0.0.1", localAddress, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // A reset is one of the gateway's ways to close a connection.
  socket.on("error", () => {});
  let stream: Duplex = socket;
  if (transport === "tls" || transport === "wss") {
    if (random.chance(brokenOneOf)) socket.write(noise(random));
    const secure = connectTls({ socket, rejectUnauthorized: false });
    secure.on("error", () => {});
    await soon((done) => {
      secure.once("secureConnect", done);
      socket.once("close", done);
    });
    stream = secure;
  }
  if (transport === "tcp" || transport === "tls") {
    const line: FuzzLine = {
      socket,
      end: () => void stream.end(),
      write: (bytes) => void stream.write(bytes),
      onAnswer: () => {},
    };
    stream.on("data", (bytes: Buffer) => line.onAnswer(bytes));
    return line;
  }
  return overWebSocket(socket, stream, random);
}

/** Its upgrade, and frames of which some are changed, in pieces or of another kind. */
async function overWebSocket(socket: Socket, stream: Duplex, random: Random): Promise<FuzzLine> {
  const isBroken = random.chance(brokenOneOf);
  const line: FuzzLine = {
    socket,
    end: () => void stream.end(),
    onAnswer: () => {},
    write: (bytes) => {
      for (const frame of framesOf(bytes, random, isBroken)) stream.write(frame);
    },
  };
  const request = Buffer.from(
    "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
  );
  stream.write(isBroken && random.chance(2) ? changed(request, random) : request);
  await soon((done) => {
    stream.once("data", done);
    socket.once("close", done);
  });
  // What the gateway answers comes in small frames: a head of two bytes, and the packet.
  stream.on("data", (bytes: Buffer) => line.onAnswer(bytes.subarray(2)));
  return line;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const;
const final = 0x80;

function framesOf(bytes: Buffer, random: Random, isBroken: boolean): Buffer[] {
  const frames: Buffer[] = [];
  const parts = random.chance(4) && bytes.length > 1 ? 2 : 1;
  const cut = parts === 1 ? bytes.length : 1 + random.below(bytes.length - 1);
  frames.push(frame((parts === 1 ? final : 0) | opcodes.binary, bytes.subarray(0, cut), random));
  if (random.chance(8)) frames.push(frame(final | opcodes.ping, Buffer.from("ping"), random));
  if (parts === 2) frames.push(frame(final | opcodes.continuation, bytes.subarray(cut), random));
  if (!isBroken || !random.chance(4)) return frames;
  if (random.chance(4)) return [...frames, frame(final | opcodes.text, bytes, random)];
  if (random.chance(4)) return [...frames, frame(final | opcodes.close, bytes.subarray(0, 125), random)];
  return frames.map((each) => changed(each, random));
}

/** As a client sends it, masked. */
function frame(first: number, payload: Buffer, random: Random): Buffer {
  const mask = Buffer.from([1, 2, 3, 4].map(() => random.below(256)));
  const length =
    payload.length < 126
      ? Buffer.of(0x80 | payload.length)
      : payload.length < 65_536
        ? Buffer.of(0x80 | 126, payload.length >> 8, payload.length & 0xff)
        : Buffer.of(
            0x80 | 127,
            0,
            0,
            0,
            0,
            0,
            payload.length >> 16,
            (payload.length >> 8) & 0xff,
            payload.length & 0xff,
          );
  const masked = Buffer.from(payload.map((byte, index) => byte ^ mask[index % 4]!));
  return Buffer.concat([Buffer.of(first), length, mask, masked]);
}

/** With one byte another one. */
function changed(bytes: Buffer, random: Random): Buffer {
  const other = Buffer.from(bytes);
  other[random.below(other.length)] = random.below(256);
  return other;
}

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + random.below(100) }, () => random.below(256)));
}

async function soon(begin: (done: () => void) => void): Promise<void> {
  const patience = new AbortController();
  await Promise.race([
    new Promise<void>(begin),
    sleep(handshakeWithinMs, undefined, { signal: patience.signal }).catch(() => {}),
  ]);
  patience.abort();
}
