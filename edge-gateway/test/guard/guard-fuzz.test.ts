import { expect, it } from "vitest";
import { connectPacket, validPacket } from "./packet-corpus.ts";
import { fuzzGuard, fuzzLimits } from "./guard-fuzz.ts";
import { PacketGuard } from "../../src/mqtt/guard/packet-guard.ts";
import { Random } from "./random.ts";

// `npm run fuzz:guard` runs ten times as many, with other seeds, and measures the heap.
it("100,000 packets, most of them changed at random: nothing throws, cuts make no difference, the parser finds nothing wrong", () => {
  const result = fuzzGuard(100_000, 20_261_123);
  expect(result.failure).toBeUndefined();
  // It looked at what it is for: most kinds of violation, and packets that pass.
  expect(Object.keys(result.violations).length).toBeGreaterThan(18);
  expect(result.passed).toBeGreaterThan(100_000);
});

it("what keeps to the specification passes unchanged", () => {
  const random = new Random(7);
  for (let i = 0; i < 2000; i += 1) {
    const packets = [connectPacket(random)];
    for (let more = random.below(8); more > 0; more -= 1) {
      const packet = validPacket(random);
      // A second CONNECT is not valid, and after DISCONNECT nothing is.
      if (packet[0] !== 0x10 && packet[0] !== 0xe0 && packet.length <= fuzzLimits.maxPacketBytes) packets.push(packet);
    }
    const stream = Buffer.concat(packets);
    const guard = new PacketGuard(fuzzLimits);
    expect(guard.take(Buffer.from(stream))).toEqual(stream);
    expect(guard.violation).toBeUndefined();
  }
});
