import { expect, it } from "vitest";
import { acksAtOnce, corpora, fuzzGuard, fuzzLimits } from "./guard-fuzz.ts";
import { PacketGuard } from "../../src/mqtt/guard/packet-guard.ts";
import { Random } from "./random.ts";

// `npm run fuzz:guard` runs a million, with other seeds, and measures the heap and the longest call.
it.each([
  ["MQTT 3.1 and 3.1.1", corpora.version4, 100_000, 18],
  ["MQTT 5", corpora.version5, 25_000, 24],
])(
  "%s: packets, most of them changed at random: nothing throws, cuts make no difference, the parser finds nothing wrong",
  (_name, corpus, packets, kinds) => {
    const result = fuzzGuard(packets, 20_261_123, [], corpus);
    expect(result.failure).toBeUndefined();
    // It looked at what it is for: most kinds of violation, and packets that pass.
    expect(Object.keys(result.violations).length).toBeGreaterThan(kinds);
    expect(result.passed).toBeGreaterThan(packets);
  },
);

it.each(Object.entries(corpora))(
  "%s: what keeps to the specification passes unchanged, but for the mark of what is shared",
  (_name, corpus) => {
    const random = new Random(7);
    for (let i = 0; i < 2000; i += 1) {
      const packets = [corpus.connect(random)];
      for (let more = random.below(8); more > 0; more -= 1) {
        const packet = corpus.packet(random);
        // A second CONNECT is not valid, and after DISCONNECT nothing is.
        if (packet[0] !== 0x10 && packet[0] !== 0xe0 && packet.length <= fuzzLimits.maxPacketBytes)
          packets.push(packet);
      }
      const stream = Buffer.concat(packets);
      const guard = new PacketGuard(fuzzLimits, acksAtOnce);
      expect(guard.take(Buffer.from(stream))).toEqual(Buffer.concat(packets.map(marked)));
      expect(guard.violation).toBeUndefined();
    }
  },
);

/** As the broker gets it: it knows no shared subscriptions. */
function marked(packet: Buffer): Buffer {
  const isAboutFilters = packet[0] === 0x82 || packet[0] === 0xa2;
  return isAboutFilters
    ? Buffer.from(packet.toString("latin1").replaceAll("$share/", "\u0001share/"), "latin1")
    : packet;
}
