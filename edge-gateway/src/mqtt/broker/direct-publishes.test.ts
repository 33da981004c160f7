import type { Client } from "aedes";
import fc from "fast-check";
import mqttPacket, { type IPublishPacket, type Packet } from "mqtt-packet";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { Permissions } from "../../devices/access/permissions.ts";
import type { TelemetryTarget } from "../../pipeline/commit/message-target.ts";
import { RecentPublishes, sessionKey } from "../../pipeline/redelivery/recent-publishes.ts";
import { PacketGuard } from "../guard/packet-guard.ts";
import { bindConnection, Connection } from "./connection.ts";
import { DirectPublishes } from "./direct-publishes.ts";

const limits = {
  ...{ maxPacketBytes: 1000, maxTopicBytes: 100, maxTopicLevels: 5, maxFilters: 3, maxClientIdBytes: 30 },
  ...{ maxUserProperties: 4, maxPropertyBytes: 256, speaksVersion5: true },
};
const telemetry = { kind: "telemetry" } as TelemetryTarget;
const unheard = ["devices/d/telemetry", "v1/devices/me/telemetry", "devices/d/é"];

type Version = 4 | 5;

/** What came out of one stream: packets that were taken directly, and those that the broker's parser read. */
class Scene {
  readonly taken: IPublishPacket[] = [];
  readonly all: Packet[] = [];
  readonly internals;
  /** So many messages are accepted, and no more. */
  accepts = Infinity;
  readonly #guard = new PacketGuard(limits);
  readonly #parser;
  readonly #direct: DirectPublishes;

  constructor(version: Version) {
    this.#parser = mqttPacket.parser({ protocolVersion: version });
    this.#parser.on("packet", (packet) => this.all.push(packet));
    const parsing = { _queue: null as Packet[] | null };
    this.internals = { version, closed: false, connackSent: true, _parser: parsing, _parsingBatch: 0 };
    const client = this.internals as unknown as Client;
    const principal = { kind: "device", device: "d", incarnation: 0, credentialId: "c", expiresAt: 0 } as const;
    bindConnection(new Connection(client, "s", principal, {} as Permissions, new RecentPublishes(sessionKey("s"))));
    const { taken, all } = this;
    const accepting = (): boolean => taken.length < this.accepts;
    const counter = { inc: () => {} } as never;
    this.#direct = new DirectPublishes({
      publishes: {
        unheardTarget: (_connection, topic) => (unheard.includes(topic) ? telemetry : undefined),
        takeUnheard: (_connection, target, { topic, payload, qos, dup, messageId }) => {
          expect(target).toBe(telemetry);
          const packet = { cmd: "publish", retain: false, topic, payload: Buffer.from(payload), qos, dup } as const;
          taken.push({ ...packet, messageId: messageId! });
          all.push({ ...packet, messageId: messageId! });
        },
      },
      recordWriter: {
        get accepting() {
          return accepting();
        },
      },
      metrics: { received: counter, receivedBytes: counter },
    });
    const connect = { cmd: "connect", protocolId: "MQTT", clientId: "c", clean: true, keepalive: 0 } as const;
    this.#guard.take(mqttPacket.generate({ ...connect, protocolVersion: version }));
  }

  read(chunk: Buffer): void {
    const whole = this.#guard.take(Buffer.from(chunk));
    expect(this.#guard.violation).toBeUndefined();
    if (whole === null) return;
    const taken = this.#direct.take(this.internals as unknown as Client, whole);
    if (taken < whole.length) this.#parser.parse(whole.subarray(taken));
  }
}

const plain = ({ cmd, ...packet }: Packet): object => {
  if (cmd !== "publish") return { cmd, messageId: packet.messageId };
  const { topic, payload, qos, dup, retain, messageId, properties } = packet as IPublishPacket;
  return { cmd, topic, payload: payload.toString("hex"), qos, dup, retain, messageId, properties };
};

const publish = fc.record({
  cmd: fc.constant("publish" as const),
  topic: fc.constantFrom(...unheard, ...unheard, "devices/d/heard", "other"),
  payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  qos: fc.constantFrom(1, 1, 1, 1, 0, 2),
  dup: fc.boolean(),
  retain: fc.constantFrom(false, false, false, true),
  messageId: fc.integer({ min: 1, max: 65_535 }),
  properties: fc.constantFrom(undefined, undefined, { contentType: "a" }),
});
const packet = fc.oneof(
  { weight: 6, arbitrary: publish.map((each) => (each.qos === 0 ? { ...each, dup: false } : each)) },
  fc.constant({ cmd: "pingreq" as const }),
  fc.constant({ cmd: "subscribe" as const, messageId: 7, subscriptions: [{ topic: "a", qos: 0 as const }] }),
);

it.each<[Version]>([[4], [5]])(
  "however the bytes are cut, every packet comes once and in its order (%i)",
  (version) => {
    let [direct, parsed] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 300 })),
        (packets, sizes) => {
          const options = { protocolVersion: version } as const;
          const bytes = Buffer.concat(packets.map((each) => mqttPacket.generate(each as Packet, options)));
          const expected: Packet[] = [];
          const parser = mqttPacket.parser(options);
          parser.on("packet", (each) => expected.push(each));
          parser.parse(bytes);
          const scene = new Scene(version);
          for (let at = 0; at < bytes.length;) {
            const size = sizes.next().value;
            scene.read(bytes.subarray(at, at + size));
            at += size;
          }
          expect(scene.all.map(plain)).toEqual(expected.map(plain));
          for (const { qos, retain, topic } of scene.taken)
            expect({ qos, retain, heard: !unheard.includes(topic) }).toEqual({ qos: 1, retain: false, heard: false });
          expect(scene.internals._parsingBatch).toBe(scene.taken.length);
          direct += scene.taken.length;
          parsed += expected.length - scene.taken.length;
        },
      ),
      { numRuns: propertyRuns(2000) },
    );
    expect(Math.min(direct, parsed)).toBeGreaterThan(0);
  },
);

const message = (messageId: number): Buffer =>
  mqttPacket.generate({
    ...{ cmd: "publish", topic: unheard[0]!, payload: "{}", qos: 1, dup: false, retain: false, messageId },
  });

it("takes all of a read that holds nothing else", () => {
  const scene = new Scene(4);
  scene.read(Buffer.concat([1, 2, 3].map(message)));
  expect(scene.taken.map(({ messageId }) => messageId)).toEqual([1, 2, 3]);
});

it("takes nothing before the client is in, or while packets wait for that, or once it is closed", () => {
  const scene = new Scene(4);
  scene.internals.connackSent = false;
  scene.read(message(1));
  scene.internals.connackSent = true;
  scene.internals._parser._queue = [];
  scene.read(message(2));
  scene.internals._parser._queue = null;
  scene.internals.closed = true;
  scene.read(message(3));
  expect(scene.taken).toEqual([]);
  expect(scene.all).toHaveLength(3);
});

it("leaves the rest to the broker, which waits, when nothing more is accepted", () => {
  const scene = new Scene(4);
  scene.accepts = 2;
  scene.read(Buffer.concat([1, 2, 3, 4].map(message)));
  expect(scene.taken.map(({ messageId }) => messageId)).toEqual([1, 2]);
  expect(scene.all.map(({ messageId }) => messageId)).toEqual([1, 2, 3, 4]);
});
