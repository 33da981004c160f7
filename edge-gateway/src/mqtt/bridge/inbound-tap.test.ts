import fc from "fast-check";
import { generate, parser as mqttParser, type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import type { InboundMessage } from "../../bridge/remote-broker.ts";
import { InboundTap } from "./inbound-tap.ts";
import { readPublish } from "./publish-packet.ts";

const maxPacketBytes = 2048;

/** Feeds bytes in pieces and tells what came of them, in order. */
function feed(bytes: Buffer, cuts: readonly number[], version: 4 | 5 = 4) {
  const seen: unknown[] = [];
  const malformed: string[] = [];
  const passed: Packet[] = [];
  const tap = new InboundTap({
    version,
    maxPacketBytes,
    onConnack: (sessionPresent) => seen.push({ sessionPresent }),
    onMessage: ({ payload, ...rest }: InboundMessage) => seen.push({ ...rest, payload: payload.toString("latin1") }),
    onRelease: (id) => seen.push({ release: id }),
    onMalformed: (what) => malformed.push(what),
  });
  const parser = mqttParser({ protocolVersion: version });
  parser.on("packet", (packet) => passed.push(packet));
  tap.on("data", (chunk: Buffer) => parser.parse(chunk));
  let at = 0;
  for (const cut of [...cuts.map((c) => c % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    tap.write(bytes.subarray(at, cut));
    at = cut;
  }
  return { seen, malformed, passed };
}

const publish = fc.record({
  topic: fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter((topic) => !/[+#\0]/.test(topic)),
  payload: fc.string({ maxLength: 3000, unit: "binary-ascii" }),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  messageId: fc.integer({ min: 1, max: 65_535 }),
  dup: fc.boolean(),
  retain: fc.boolean(),
});
const other = fc.oneof(
  fc.constant({ cmd: "pingresp" as const }),
  fc.record({ cmd: fc.constant("puback" as const), messageId: fc.integer({ min: 1, max: 65_535 }) }),
  fc.record({ cmd: fc.constant("pubrel" as const), messageId: fc.integer({ min: 1, max: 65_535 }) }),
  fc.record({
    cmd: fc.constant("suback" as const),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    granted: fc.constant([1]),
  }),
);

describe.each([4, 5] as const)("version %i", (version) => {
  it("messages and releases are taken, all else goes on, whatever the pieces", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(publish, other), { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (packets, cuts) => {
          const expected: unknown[] = [];
          const others: string[] = [];
          const bytes = packets.map((packet) => {
            if ("cmd" in packet) {
              if (packet.cmd === "pubrel") expected.push({ release: packet.messageId });
              else others.push(packet.cmd);
              return generate({ ...packet, protocolVersion: version } as never, { protocolVersion: version });
            }
            const properties = version === 5 ? { properties: { contentType: "x", messageExpiryInterval: 7 } } : {};
            const encoded = generate(
              { cmd: "publish", ...packet, ...properties, dup: packet.qos > 0 && packet.dup },
              { protocolVersion: version },
            );
            const { qos, messageId, retain, topic } = packet;
            const omitted = Math.max(0, encoded.length - maxPacketBytes);
            const payload = packet.payload.slice(0, packet.payload.length - omitted);
            const packetId = qos === 0 ? 0 : messageId;
            const more = version === 5 ? { contentType: "x" } : {};
            expected.push({ topic, payload, qos, dup: qos > 0 && packet.dup, retain, packetId, omitted, ...more });
            return encoded;
          });
          const { seen, malformed, passed } = feed(Buffer.concat(bytes), cuts, version);
          expect(malformed).toEqual([]);
          expect(seen).toEqual(expected);
          expect(passed.map(({ cmd }) => cmd)).toEqual(others);
        },
      ),
    );
  });

  it("any bytes end as malformed or wait for more; none throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
        const parts = [...cuts.map((c) => c % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        const tap = new InboundTap({
          version,
          maxPacketBytes,
          onConnack: () => {},
          onMessage: ({ topic, packetId, qos }) => expect(topic !== "" && (qos === 0 || packetId > 0)).toBe(true),
          onRelease: () => {},
          onMalformed: () => {},
        });
        tap.on("data", () => {});
        let at = 0;
        for (const cut of parts) {
          tap.write(bytes.subarray(at, cut));
          at = cut;
        }
      }),
    );
  });
});

it("a session that the broker kept is known before its first message", () => {
  const connack = generate({ cmd: "connack", returnCode: 0, sessionPresent: true });
  const message = generate({ cmd: "publish", topic: "t", payload: "p", qos: 0, dup: false, retain: false });
  const { seen, passed } = feed(Buffer.concat([connack, message]), []);
  expect(seen).toMatchObject([{ sessionPresent: true }, { topic: "t" }]);
  expect(passed).toMatchObject([{ cmd: "connack" }]);
});

it("a refusal is mqtt.js's alone", () => {
  const { seen, passed } = feed(generate({ cmd: "connack", returnCode: 5, sessionPresent: false }), []);
  expect(seen).toEqual([]);
  expect(passed).toMatchObject([{ cmd: "connack", returnCode: 5 }]);
});

it.each([
  ["a length that never ends", "30ffffffff7f"],
  ["a topic longer than its packet", "3005000a616263"],
  ["QoS 3", "36050001610001"],
  ["an identifier of 0", "32050001610000"],
  ["no identifier", "3203000161"],
  ["no topic", "30020000"],
  ["a release without an identifier", "620100"],
])("%s is malformed", (_name, hex) => {
  expect(feed(Buffer.from(hex, "hex"), []).malformed).toHaveLength(1);
});

it("properties longer than their packet are malformed", () => {
  const bytes = Buffer.from("000161057f", "hex");
  expect(readPublish(bytes, 0, 0, bytes.length, 5)).toBeUndefined();
});

it("of properties the content type, correlation data and user properties are taken, and what cannot be read is malformed", () => {
  const packet = {
    ...{ cmd: "publish", topic: "t", payload: "p", qos: 1, messageId: 3, dup: false, retain: false },
    properties: {
      ...{ payloadFormatIndicator: true, messageExpiryInterval: 9, responseTopic: "r", contentType: "a/b" },
      ...{ correlationData: Buffer.from([1, 2]), subscriptionIdentifier: 300 },
      userProperties: { site: "ü", shift: ["early", "late"], constructor: "x" },
    },
  } as const;
  const { seen } = feed(generate(packet as never, { protocolVersion: 5 }), [], 5);
  expect(seen).toMatchObject([{ topic: "t", payload: "p", contentType: "a/b", correlationData: Buffer.from([1, 2]) }]);
  expect({ ...(seen[0] as { userProperties: object }).userProperties }).toEqual({
    ...{ site: ["ü"], shift: ["early", "late"], constructor: ["x"] },
  });
  const bytes = (properties: string): Buffer => Buffer.from(`000161${properties}70`, "hex");
  const read = (properties: string) => readPublish(bytes(properties), 0, 0, bytes(properties).length, 5);
  expect(read("00")).toMatchObject({ payload: Buffer.from("p") });
  for (const wrong of ["0104", "02ff00", "0403000561", "0526000161ff", "030bffff", "0202ff"]) {
    expect(read(wrong)).toBeUndefined();
  }
});

it("nothing is taken once messages are stopped; answers still pass", () => {
  const seen: unknown[] = [];
  const tap = new InboundTap({
    version: 4,
    maxPacketBytes,
    onConnack: () => {},
    onMessage: (message) => seen.push(message),
    onRelease: (id) => seen.push(id),
    onMalformed: (what) => seen.push(what),
  });
  const passed: Buffer[] = [];
  tap.on("data", (chunk: Buffer) => passed.push(chunk));
  tap.stopMessages();
  tap.write(generate({ cmd: "publish", topic: "t", payload: "p", qos: 1, messageId: 1, dup: false, retain: false }));
  tap.write(generate({ cmd: "pubrel", messageId: 1 }));
  tap.write(generate({ cmd: "pingresp" }));
  expect(seen).toEqual([]);
  expect(Buffer.concat(passed).toString("hex")).toBe("d000");
});
