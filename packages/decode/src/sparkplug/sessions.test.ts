import { DecodeError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { cpuMillis } from "@headwater/testkit/cpu-time";
import { decodesOrRefuses, testLimits } from "../../test/decoder-properties.ts";
import {
  aliased,
  bdSeq,
  born,
  deviceBirth,
  nodeBirth,
  sparkplug,
  start,
  tahu,
  temperatureIs22,
  varint,
  type Payload,
} from "../../test/sparkplug-under-test.ts";

describe("what was lost is counted, and a rebirth asked for", () => {
  it("a gap in the sequence, over devices and across the turn of the numbers", () => {
    const { take, wait } = born();
    const { effects } = take("spBv1.0/plant/DDATA/line1/motor", aliased(5, "1207100a6500002040"));
    expect(effects).toMatchObject({ lost: 3 });
    wait(30_000);
    take("spBv1.0/plant/NDATA/line1", aliased(120, temperatureIs22));
    take("spBv1.0/plant/NDATA/line1", aliased(240, temperatureIs22));
    expect(take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22)).effects).toMatchObject({ lost: 17 });
    expect(take("spBv1.0/plant/NDATA/line1", aliased(3, temperatureIs22)).effects).toBeUndefined();
  });

  it("a message that comes late is read, marked, and no gap", () => {
    const { take } = born();
    take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22));
    take("spBv1.0/plant/NDATA/line1", aliased(3, temperatureIs22));
    const message = take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22));
    expect(message.notes).toEqual({ "sparkplug-sequence": "late or repeated" });
    expect(message.effects).toBeUndefined();
    expect(take("spBv1.0/plant/NDATA/line1", aliased(4, temperatureIs22)).effects).toBeUndefined();
  });

  it("the request is what a Tahu node understands, and comes at most once in a while for a node", () => {
    const { take, wait } = sparkplug({ rebirthEveryMs: 1000 });
    const [request] = take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22)).effects!.publish!;
    expect(request).toMatchObject({ topic: "spBv1.0/plant/NCMD/line1", qos: 0 });
    const command = tahu.decodePayload(request!.payload);
    expect(command.metrics).toMatchObject([{ name: "Node Control/Rebirth", type: "Boolean", value: true }]);
    expect(Number(command.timestamp)).toBe(start);
    expect(take("spBv1.0/plant/NDATA/line1", aliased(3, temperatureIs22)).effects!.publish).toBeUndefined();
    expect(take("spBv1.0/plant/NDATA/line2", aliased(3, temperatureIs22)).effects!.publish).toHaveLength(1);
    wait(1000);
    expect(take("spBv1.0/plant/NDATA/line1", aliased(4, temperatureIs22)).effects!.publish).toHaveLength(1);
  });

  it("aliases that no birth named: the message is set aside, and what has a name and a type is read", () => {
    const { take } = sparkplug();
    const named = "120e0a0161200a690000000000003640";
    const { samples, effects } = take("spBv1.0/plant/NDATA/line1", aliased(9, temperatureIs22, named));
    expect(samples[0]!.readings).toEqual([{ metric: "a", value: 22 }]);
    expect(effects).toMatchObject({ quarantine: "1 metrics are not known from a birth: alias 2" });
    expect(effects!.publish).toHaveLength(1);
  });

  it("a device that was not born is not read by another's aliases", () => {
    const { take } = born();
    expect(take("spBv1.0/plant/DDATA/line1/pump", aliased(2, "1207100a6500002040"))).toMatchObject({
      samples: [],
      effects: { quarantine: "1 metrics are not known from a birth: alias 10" },
    });
  });
});

describe("deaths are presence", () => {
  it("of a device", () => {
    const { take } = born();
    expect(take("spBv1.0/plant/DDEATH/line1/motor", { timestamp: start + 5, seq: 2, metrics: [] }).effects).toEqual({
      presence: [
        {
          device: "plant:line1:motor",
          online: false,
          session: "sparkplug:7",
          reason: "death",
          time: (start + 5) * 1000,
        },
      ],
    });
    expect(take("spBv1.0/plant/DBIRTH/line1/motor", { ...deviceBirth, seq: 3 }).effects!.presence).toHaveLength(1);
  });

  it("of a node take its devices with them", () => {
    const { take, decoder } = born();
    const { effects } = take("spBv1.0/plant/NDEATH/line1", { metrics: [bdSeq(7)] });
    expect(effects!.presence!.map(({ device, online, session }) => [device, online, session])).toEqual([
      ["plant:line1:motor", false, "sparkplug:7"],
      ["plant:line1", false, "sparkplug:7"],
    ]);
    expect(decoder.nodes).toMatchObject({ size: 0, metrics: 0 });
  });

  it("of an older session say nothing", () => {
    const { take } = born();
    expect(take("spBv1.0/plant/NDEATH/line1", { metrics: [bdSeq(6)] })).toMatchObject({
      samples: [],
      effects: { ignored: "death-of-an-older-session" },
    });
    expect(take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22)).samples).toHaveLength(1);
  });

  it("of a node that was never heard count by their own number", () => {
    expect(sparkplug().take("spBv1.0/plant/NDEATH/line1", { metrics: [bdSeq(3)] }).effects!.presence).toEqual([
      { device: "plant:line1", online: false, session: "sparkplug:3", reason: "death" },
    ]);
  });
});

describe("topics", () => {
  it("commands and the state of hosts are no telemetry", () => {
    const { take } = sparkplug();
    expect(take("spBv1.0/plant/NCMD/line1", { metrics: [] }).effects).toEqual({ ignored: "command-of-a-host" });
    expect(take("spBv1.0/plant/DCMD/line1/motor", { metrics: [] }).effects).toEqual({ ignored: "command-of-a-host" });
    expect(take("spBv1.0/STATE/scada", Buffer.from('{"online":true}')).effects).toEqual({ ignored: "state-of-a-host" });
  });

  it("of no known type, or of the other kind, are refused", () => {
    const { take } = sparkplug();
    for (const topic of [
      "spBv1.0/g/NOPE/n",
      "spBv1.0/g/DDATA/n",
      "spBv1.0/g/NDATA/n/d",
      `spBv1.0/g/NDATA/${"n".repeat(200)}`,
    ]) {
      expect(() => take(topic, { metrics: [] })).toThrow(DecodeError);
    }
  });

  it("ids by template, with what would mix them encoded", () => {
    const { routes } = sparkplug({ nodeId: "{node}", deviceId: "{node}.{edgeDevice}" });
    expect(routes.find("spBv1.0/g/NDATA/n")!.device).toBe("n");
    expect(routes.find("spBv1.0/g/DDATA/n:1/d")!.device).toBe("n%3A1.d");
  });
});

/** A metric that is a template of one member that is a template… */
function nestedTemplates(levels: number): Buffer {
  let nested = Buffer.alloc(0);
  for (let i = 0; i < levels; i += 1) {
    const member = nested.length === 0 ? nested : Buffer.concat([Buffer.of(0x12), varint(nested.length), nested]);
    nested = Buffer.concat([Buffer.from("0a016120139201", "hex"), varint(member.length), member]);
  }
  return Buffer.concat([Buffer.of(0x12), varint(nested.length), nested]);
}

describe("hostile payloads", () => {
  const samples = [nodeBirth, deviceBirth, { metrics: [bdSeq(7)] }].map((payload) =>
    Buffer.from(tahu.encodePayload(payload as Payload)),
  );
  const topics = ["NBIRTH/n", "NDATA/n", "NDEATH/n", "DBIRTH/n/d", "DDATA/n/d", "DDEATH/n/d"];

  it("any sequence of any bytes on any topic gives readings within bounds or a DecodeError, and the state stays bounded", () => {
    const damaged = fc
      .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([sample, changes]) => {
        const bytes = Uint8Array.from(sample);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const message = fc.tuple(fc.constantFrom(...topics), fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged));
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 12 }), (messages) => {
        const { decoder, routes } = sparkplug({ limits: { maxNodes: 2, maxMetrics: 12 } });
        for (const [topic, bytes] of messages) {
          decodesOrRefuses(routes.find(`spBv1.0/g/${topic}`)!.decoder, bytes);
          expect(decoder.nodes.size).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it("thousands of nodes that were never born", () => {
    const { take, decoder } = sparkplug({ limits: { maxNodes: 100, maxMetrics: 300 } });
    for (let i = 0; i < 1000; i += 1) take(`spBv1.0/g/NDATA/n${i}`, aliased(1, temperatureIs22));
    expect(decoder.nodes.size).toBe(100);
  });

  it("thousands of nodes and births: the ones not heard for longest are forgotten", () => {
    const { take, decoder } = sparkplug({ limits: { maxNodes: 100, maxMetrics: 300 } });
    for (let i = 0; i < 1000; i += 1) take(`spBv1.0/g/NBIRTH/n${i}`, nodeBirth);
    expect(decoder.nodes.size).toBeLessThanOrEqual(100);
    expect(decoder.nodes.metrics).toBeLessThanOrEqual(300);
    expect(take("spBv1.0/g/NDATA/n999", aliased(1, temperatureIs22)).effects).toBeUndefined();
    expect(take("spBv1.0/g/NDATA/n0", aliased(1, temperatureIs22)).effects).toHaveProperty("quarantine");
    // One node with thousands of devices.
    for (let i = 0; i < 1000; i += 1) take(`spBv1.0/g/DBIRTH/n999/d${i}`, deviceBirth);
    expect(decoder.nodes.metrics).toBeLessThanOrEqual(300);
    for (let i = 0; i < 1000; i += 1) take(`spBv1.0/g/NDEATH/n${i}`, { metrics: [bdSeq(7)] });
    expect(decoder.nodes).toMatchObject({ size: 0, metrics: 0 });
  });

  it("templates that nest deeper than eight levels are set aside", () => {
    expect(sparkplug().take("spBv1.0/g/NBIRTH/n", nestedTemplates(8)).effects!.quarantine).toBeUndefined();
    expect(sparkplug().take("spBv1.0/g/NBIRTH/n", nestedTemplates(9)).effects!.quarantine).toContain("nest deeper");
  });

  it("templates within templates, lying lengths and empty metrics by the hundred thousand", () => {
    const payloads = [
      nestedTemplates(2000),
      Buffer.alloc(262_144, Buffer.from("1200", "hex")),
      Buffer.from("12ffffffff7f", "hex"),
      Buffer.alloc(262_144, 0x0b),
      Buffer.alloc(262_144, 0xff),
    ];
    for (const payload of payloads) {
      for (const topic of topics) {
        const { decoder } = sparkplug().routes.find(`spBv1.0/g/${topic}`)!;
        expect(cpuMillis(() => decodesOrRefuses(decoder, payload, testLimits))).toBeLessThan(1000);
      }
    }
  });
});
