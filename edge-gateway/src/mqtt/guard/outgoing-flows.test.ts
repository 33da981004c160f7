import fc from "fast-check";
import mqttPacket from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { OutgoingFlows } from "./outgoing-flows.ts";
import { types } from "./packet-types.ts";

const publish = (qos: 0 | 1 | 2, messageId: number, payload = "x") =>
  mqttPacket.generate({ cmd: "publish", topic: "a/ä", payload, qos, messageId, dup: false, retain: false });

describe("what a client owes for messages", () => {
  it("QoS 1: PUBACK and nothing else", () => {
    const flows = new OutgoingFlows();
    flows.sent(publish(1, 7));
    expect(flows.size).toBe(1);
    expect(flows.acknowledge(types.pubrec, 7)).toBe(false);
    expect(flows.acknowledge(types.pubcomp, 7)).toBe(false);
    expect(flows.acknowledge(types.puback, 7)).toBe(true);
    expect(flows.size).toBe(0);
  });

  it("QoS 2: PUBREC, as often as it likes, then PUBCOMP", () => {
    const flows = new OutgoingFlows();
    flows.sent(publish(2, 7));
    expect(flows.acknowledge(types.puback, 7)).toBe(false);
    expect(flows.acknowledge(types.pubcomp, 7)).toBe(false);
    expect(flows.acknowledge(types.pubrec, 7)).toBe(true);
    expect(flows.acknowledge(types.pubrec, 7)).toBe(true);
    expect(flows.acknowledge(types.puback, 7)).toBe(false);
    expect(flows.acknowledge(types.pubcomp, 7)).toBe(true);
    expect(flows.size).toBe(0);
  });

  it("of what is not on its way anything goes: it may be of an earlier connection", () => {
    const flows = new OutgoingFlows();
    for (const type of [types.puback, types.pubrec, types.pubcomp]) expect(flows.acknowledge(type, 9)).toBe(true);
  });

  it("is known however the packets are written", () => {
    const packet = fc.oneof(
      fc.record({ qos: fc.constantFrom(0 as const, 1 as const, 2 as const), id: fc.integer({ min: 1, max: 65_535 }) }),
      fc.constantFrom("pingresp" as const, "suback" as const),
    );
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 40 })), (packets, cuts) => {
        const awaited = new Set(packets.flatMap((it) => (typeof it === "object" && it.qos > 0 ? [it.id] : [])));
        const bytes = Buffer.concat(
          packets.map((it) => {
            if (typeof it === "object") return publish(it.qos, it.id, "x".repeat(it.id % 200));
            const other = it === "suback" ? { cmd: it, messageId: 5, granted: [0, 1] } : { cmd: it };
            return mqttPacket.generate(other);
          }),
        );
        const flows = new OutgoingFlows();
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const size = cuts.length === 0 ? bytes.length : cuts[cut % cuts.length]!;
          flows.sent(bytes.subarray(at, at + size));
          at += size;
        }
        expect(flows.size).toBe(awaited.size);
        for (const id of awaited) expect(flows.has(id)).toBe(true);
      }),
    );
  });

  it("is known when topics are written as text, as aedes does", () => {
    const flows = new OutgoingFlows();
    const stream = { write: (chunk: Buffer | string) => (flows.sent(chunk), true) };
    const packet = { cmd: "publish", topic: "tä/漢", payload: "hällo", dup: false, retain: false } as const;
    for (const messageId of [3, 4]) {
      mqttPacket.writeToStream({ ...packet, qos: 1, messageId }, stream as unknown as NodeJS.WritableStream);
    }
    expect([flows.has(3), flows.has(4), flows.size]).toEqual([true, true, 2]);
  });
});
