import mqttPacket from "mqtt-packet";
import type { AwaitedAcks } from "../../src/mqtt/guard/awaited-acks.ts";
import { PacketGuard } from "../../src/mqtt/guard/packet-guard.ts";
import { reader } from "../../src/mqtt/guard/version5-packets.ts";
import type { GuardLimits, Violation } from "../../src/mqtt/guard/violations.ts";
import { connectPacket, validPacket } from "./packet-corpus.ts";
import { connectPacket5, validPacket5 } from "./packet-corpus5.ts";
import { Random } from "./random.ts";

export const fuzzLimits: GuardLimits = {
  maxPacketBytes: 2048,
  maxTopicBytes: 256,
  maxTopicLevels: 16,
  maxFilters: 8,
  maxClientIdBytes: 64,
  maxUserProperties: 100,
  maxPropertyBytes: 16 * 1024,
  speaksVersion5: true,
};

/** What valid packets are drawn from. */
export interface Corpus {
  connect(random: Random): Buffer;
  packet(random: Random): Buffer;
}

export const corpora = {
  version4: { connect: connectPacket, packet: validPacket },
  version5: { connect: connectPacket5, packet: validPacket5 },
} as const satisfies Readonly<Record<string, Corpus>>;

/** Of the gateway: up to ten topic aliases, and 20 messages unacknowledged; CONNACK comes at once. */
const connackBody = Buffer.from("0000062200 0a210014".replace(" ", ""), "hex");
export const acksAtOnce: AwaitedAcks = {
  acknowledge: () => true,
  tells: (bounds) => bounds.told(connackBody, reader),
  // SUBACK and UNSUBACK as well.
  asks: () => {},
  isAnswering: false,
};

export interface FuzzResult {
  readonly packets: number;
  readonly streams: number;
  /** Bytes that passed. */
  readonly passed: number;
  readonly violations: Readonly<Partial<Record<Violation, number>>>;
  /** Of the longest single call (milliseconds), and not only by chance: a slow one is repeated. */
  readonly longestCall: number;
  /** The first thing that should not be; undefined if all is well. */
  readonly failure: string | undefined;
}

/**
 * Sends so many packets, most of them changed at random, through the guard, whole and in pieces, and what passes
 * through the parser that the broker reads with. Nothing may throw, the pieces may make no difference, and the parser
 * may find nothing wrong.
 * @param extra further packets to change, for example of a conformance suite
 */
export function fuzzGuard(
  packets: number,
  seed: number,
  extra: readonly Buffer[] = [],
  corpus: Corpus = corpora.version4,
): FuzzResult {
  const random = new Random(seed);
  const violations: Partial<Record<Violation, number>> = {};
  let [count, streams, passed, longestCall] = [0, 0, 0, 0];
  let failure: string | undefined;
  while (count < packets && failure === undefined) {
    const pieces = fuzzedPackets(random, extra, corpus);
    count += pieces.length;
    streams += 1;
    const stream = Buffer.concat(pieces);
    const ends = endsOf(stream.length, random);
    try {
      const atOnce = play(stream, [stream.length]);
      const inPieces = play(stream, ends);
      let longest = Math.max(atOnce.longest, inPieces.longest);
      // The machine may have done something else meanwhile.
      for (let again = 0; again < 3 && longest > slowMs; again += 1) {
        longest = Math.min(longest, Math.max(play(stream, [stream.length]).longest, play(stream, ends).longest));
      }
      longestCall = Math.max(longestCall, longest);
      failure = compare(atOnce, inPieces);
      passed += atOnce.passed.length;
      const { violation } = atOnce.guard;
      if (violation !== undefined) violations[violation] = (violations[violation] ?? 0) + 1;
    } catch (error) {
      failure = `thrown: ${(error as Error).stack}`;
    }
    if (failure !== undefined) failure += `, stream ${stream.toString("hex")}`;
  }
  return { packets: count, streams, passed, violations, longestCall, failure };
}

/** What a client sends that means no good. */
export function fuzzedPackets(
  random: Random,
  extra: readonly Buffer[] = [],
  corpus: Corpus = corpora.version4,
): Buffer[] {
  return Array.from({ length: 1 + random.below(6) }, (_, index) => {
    const begins = index === 0 && !random.chance(8);
    const base = begins ? corpus.connect(random) : anyPacket(random, extra, corpus);
    const stays = begins ? !random.chance(3) : random.chance(3);
    if (stays) return base;
    const mutated = mutate(base, random, extra, corpus);
    return random.chance(2) ? mutated : withLength(mutated);
  });
}

const slowMs = 10;

interface Played {
  readonly guard: PacketGuard;
  readonly passed: Buffer;
  readonly longest: number;
}

function play(stream: Buffer, ends: readonly number[]): Played {
  // A copy: bits that MQTT 3.1 does not use are cleared in place.
  const bytes = Buffer.from(stream);
  const guard = new PacketGuard(fuzzLimits, acksAtOnce);
  const passed: Buffer[] = [];
  let [longest, from] = [0, 0];
  for (const end of ends) {
    const began = performance.now();
    const whole = guard.take(bytes.subarray(from, end));
    longest = Math.max(longest, performance.now() - began);
    if (whole !== null) passed.push(whole);
    from = end;
    // Nothing is acknowledged here.
    if (guard.heldBy !== undefined) break;
  }
  return { guard, passed: Buffer.concat(passed), longest };
}

function compare(atOnce: Played, inPieces: Played): string | undefined {
  if (!inPieces.passed.equals(atOnce.passed)) return "what passes depends on how it is cut";
  if (inPieces.guard.violation !== atOnce.guard.violation) {
    return `${atOnce.guard.violation} at once, ${inPieces.guard.violation} in pieces`;
  }
  if (hexOf(inPieces.guard.reply) !== hexOf(atOnce.guard.reply)) return "what is answered depends on how it is cut";
  if (inPieces.guard.partialBytes > fuzzLimits.maxPacketBytes) return "more is held than a packet may be long";
  return parserFinds(atOnce.passed);
}

function hexOf(reply: Uint8Array | undefined): string {
  return reply === undefined ? "" : Buffer.from(reply).toString("hex");
}

function anyPacket(random: Random, extra: readonly Buffer[], corpus: Corpus): Buffer {
  return extra.length > 0 && random.chance(3) ? Buffer.from(random.pick(extra)) : corpus.packet(random);
}

/** Bits flipped, cut off, spliced, repeated, lengths that lie, bytes put in or taken out. */
function mutate(packet: Buffer, random: Random, extra: readonly Buffer[], corpus: Corpus): Buffer {
  const bytes = Buffer.from(packet);
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  switch (random.below(9)) {
    case 0:
      for (let i = random.below(4); i >= 0; i -= 1) {
        const where = random.below(bytes.length);
        bytes[where] = bytes[where]! ^ (1 << random.below(8));
      }
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2: {
      const other = anyPacket(random, extra, corpus);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
    case 3:
      if (bytes.length > 1) bytes[1] = random.below(256);
      return bytes;
    case 4:
      bytes[at] = random.pick([0, 0xff, 0x80, 0x7f, 0x23, 0x2b, 0xed, 0x2f]);
      return bytes;
    case 5:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(random.below(256)), bytes.subarray(at)]);
    case 6:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    case 7:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))]);
    default:
      bytes[0] = random.below(256);
      return bytes;
  }
}

/** With the length that it has, if that is told by one byte, so that what lies deeper is looked at too. */
function withLength(packet: Buffer): Buffer {
  if (packet.length >= 2 && packet.length < 130) packet[1] = packet.length - 2;
  return packet;
}

function endsOf(length: number, random: Random): number[] {
  const most = random.pick([1, 3, 20, 200, 4000]);
  const ends: number[] = [];
  for (let at = 0; at < length;) {
    at = Math.min(length, at + 1 + random.below(most));
    ends.push(at);
  }
  return ends;
}

function parserFinds(bytes: Buffer): string | undefined {
  const parser = mqttPacket.parser();
  let wrong: string | undefined;
  parser.on("error", (error) => (wrong = `the parser behind the guard finds: ${error.message}`));
  const left = bytes.length === 0 ? 0 : parser.parse(bytes);
  return wrong ?? (left === 0 ? undefined : `${left} bytes that are no whole packet passed`);
}
