import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { openLine, type FuzzLine, type FuzzTransport } from "./fuzz-lines.ts";
import { corpora, fuzzedPackets, type Corpus } from "./guard-fuzz.ts";
import { Random } from "./random.ts";

export interface FuzzListener {
  readonly transport: FuzzTransport;
  readonly port: number;
}

export interface FuzzOrder {
  /** Listeners, which the peers take by turns. */
  readonly listeners: readonly FuzzListener[];
  /** To be sent in all; a peer finishes what it has begun. */
  readonly packets: number;
  readonly seed: number;
  /** Connections at a time. */
  readonly atOnce: number;
  /** Further packets to change, in hexadecimal. */
  readonly extra?: readonly string[];
}

export interface FuzzAnswer {
  readonly packets: number;
  readonly connections: number;
  /** Connections that got a CONNACK of success. */
  readonly accepted: number;
  /** Bytes that the gateway answered with. */
  readonly heard: number;
  /** Connections that the gateway kept although their peer had ended them. */
  readonly left: number;
}

/** A login that the gateway may know: every other CONNECT has the name, and half of those the password. */
export const fuzzLogin = { username: "user", password: "secret" } as const;

/** Limits against hanging (milliseconds). */
const closeWithinMs = 60_000;
/** How long a peer waits for what may never come. */
const answerWithinMs = 100;
/** How long it stays after its last packet, at most. */
const lingersMs = 300;
const connackOfSuccess = [0x20, 0] as const;
/** Loopback has many addresses: one alone would run out of ports. */
const sourceAddresses = 32;

interface Tally {
  packets: number;
  connections: number;
  accepted: number;
  heard: number;
  left: number;
}

/**
 * Peers that mean no good, in MQTT 3.1.1 and 5 by turns: each connects, sends a stream of which most is changed at
 * random, and ends its connection in one of several ways. Rejects if the gateway does not let them connect any more.
 */
export async function sendFuzz(order: FuzzOrder): Promise<FuzzAnswer> {
  const tally: Tally = { packets: 0, connections: 0, accepted: 0, heard: 0, left: 0 };
  const extra = (order.extra ?? []).map((hex) => Buffer.from(hex, "hex"));
  const peer = async (index: number): Promise<void> => {
    const random = new Random(order.seed + index);
    for (let round = 0; tally.packets < order.packets; round += 1) {
      const corpus = (index + round) % 2 === 0 ? corpora.version5 : corpora.version4;
      const packets = streamOf(random, corpus, extra);
      tally.packets += packets.length;
      tally.connections += 1;
      await visit(order.listeners[(index >> 1) % order.listeners.length]!, packets, random, tally);
    }
  };
  await Promise.all(Array.from({ length: order.atOnce }, (_, index) => peer(index)));
  return tally;
}

/** Half of them are let in and behave for a while, so that what comes later is looked at too. */
function streamOf(random: Random, corpus: Corpus, extra: readonly Buffer[]): Buffer[] {
  const fuzzed = fuzzedPackets(random, extra, corpus);
  if (random.chance(2)) return fuzzed;
  const connect = random.chance(2) ? corpus.connect(random) : withOwnId(corpus.connect(random), random);
  const behaved = Array.from({ length: random.below(8) }, () => corpus.packet(random));
  // After a second CONNECT, or a DISCONNECT, nothing is looked at.
  return [connect, ...behaved.filter(([first]) => first !== 0x10 && first !== 0xe0), ...fuzzed.slice(1)];
}

/** One of the few identifiers of the corpus becomes one of many: its peers do not end each other's connections. */
function withOwnId(connect: Buffer, random: Random): Buffer {
  const own = String(10_000_000 + random.below(90_000_000));
  return Buffer.from(connect.toString("latin1").replace("boiler-1", own), "latin1");
}

async function visit(
  { transport, port }: FuzzListener,
  packets: readonly Buffer[],
  random: Random,
  tally: Tally,
): Promise<void> {
  const line = await openLine(transport, port, `127.0.0.${1 + random.below(sourceAddresses)}`, random);
  const { socket } = line;
  const closed = new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });
  const answered = new Promise<void>((resolve) => {
    line.onAnswer = (first) => {
      if (first[0] === connackOfSuccess[0] && first[3] === connackOfSuccess[1]) tally.accepted += 1;
      tally.heard += first.length;
      line.onAnswer = (chunk) => (tally.heard += chunk.length);
      resolve();
    };
  });
  // Half of them wait for CONNACK, as a client does.
  const [first, ...rest] = packets;
  if (random.chance(2)) {
    line.write(first!);
    await Promise.race([answered, closed, sleep(answerWithinMs)]);
    await write(line, rest, random);
  } else {
    await write(line, packets, random);
  }
  await end(line, random);
  // A peer that has cut its connection by itself hears nothing of it any more, beneath TLS not even its close.
  if (socket.destroyed) return;
  const patience = new AbortController();
  const late = sleep(closeWithinMs, "late", { signal: patience.signal }).catch(() => {});
  if ((await Promise.race([closed, late])) === "late") tally.left += 1;
  patience.abort();
  socket.destroy();
}

/** Whole, packet by packet, or cut anywhere. */
async function write(line: FuzzLine, packets: readonly Buffer[], random: Random): Promise<void> {
  const stream = Buffer.concat(packets);
  const how = random.below(3);
  if (how === 0) line.write(stream);
  for (const packet of how === 1 ? packets : []) {
    line.write(packet);
    await turn();
  }
  for (let at = 0; how === 2 && at < stream.length;) {
    const next = at + 1 + random.below(100);
    line.write(stream.subarray(at, next));
    at = next;
    await turn();
  }
}

/** At once, after a while, by a reset, or without having read what it was answered. */
async function end(line: FuzzLine, random: Random): Promise<void> {
  switch (random.below(4)) {
    case 0:
      line.end();
      return;
    case 1:
      await sleep(random.below(lingersMs));
      line.end();
      return;
    case 2:
      await sleep(random.below(lingersMs));
      line.socket.resetAndDestroy();
      return;
    default:
      line.socket.pause();
      await sleep(random.below(lingersMs));
      line.socket.destroy();
  }
}
