import type { EventLog } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { eventually } from "@headwater/testkit/eventually";
import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import mqttPacket, { type Packet } from "mqtt-packet";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1 | 2;
  readonly retain: boolean;
}

const device = "d";
const heard = `devices/${device}/telemetry`;
const unheard = "v1/devices/me/telemetry";
const others = "devices/other/telemetry";
const time = `devices/${device}/time/request`;

/** A message that is not allowed ends a connection of MQTT 3.1.1. */
const messagesOf = (version: 4 | 5): fc.Arbitrary<Message> =>
  fc.record({
    topic: fc.constantFrom(heard, heard, unheard, unheard, time, ...(version === 5 ? [others] : [])),
    // The second cannot be decoded.
    payload: fc.constantFrom('{"a":1}', '{"a":1}', "{"),
    qos: fc.constantFrom(1, 1, 2),
    retain: fc.constantFrom(false, false, false, true),
  });

/** The real embedded log, which takes what devices say late or not at all. */
function slowed(log: EventLog, pace: { append(): Promise<void> }): EventLog {
  const append: EventLog["append"] = async (topic, records) => {
    if (topic.startsWith("telemetry")) await pace.append();
    return log.append(topic, records);
  };
  return new Proxy(log, {
    get(target, name) {
      if (name === "append") return append;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

const numbersOf = (cmd: Packet["cmd"], { heard: packets }: RawDevice): (number | undefined)[] =>
  packets.flatMap((packet) => (packet.cmd === cmd ? [packet.messageId] : []));

describe.each([4, 5] as const)("acknowledgements of MQTT %i", (version) => {
  let dataDir: string;
  let log: EventLog;
  let gateway: GatewayUnderTest;
  let token: string;
  const pace = { append: (): Promise<void> => Promise.resolve() };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "acknowledgement-order-"));
    log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" }, { log: slowed(log, pace), dataDir });
    token = await gateway.register(device);
  });
  afterAll(async () => {
    pace.append = () => Promise.resolve();
    await gateway.stop();
    await log.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const connect = (clientId: string, clean = true): Promise<RawDevice> =>
    RawDevice.connect(gateway.app.mqttPort, { username: device, password: token, clientId, version, clean });
  const bytesOf = (messages: readonly Message[], dup = false, first = 1): Buffer => {
    const packets = messages.map(
      (message, index) => ({ cmd: "publish", ...message, dup, messageId: first + index }) as const,
    );
    return Buffer.concat(packets.map((packet) => mqttPacket.generate(packet, { protocolVersion: version })));
  };
  const numbersSent = (messages: readonly Message[], qos: 1 | 2): number[] =>
    messages.flatMap((message, index) => (message.qos === qos ? [index + 1] : []));

  it("go out in the order of their messages, whoever hears those", async () => {
    let waits = 0;
    // Some group commits take long.
    pace.append = () => (waits++ % 3 === 0 ? sleep(5) : Promise.resolve());
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 400 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(messagesOf(version), { minLength: 1, maxLength: 40 }),
        sizes,
        fc.constantFrom(0, 1, 2),
        async (messages, size, qos) => {
          const client = await connect("ordered");
          await client.subscribe([{ topic: heard, qos }]);
          const bytes = bytesOf(messages);
          for (let at = 0; at < bytes.length;) {
            const end = at + size.next().value;
            client.sendBytes(bytes.subarray(at, end));
            at = end;
            if (at % 3 === 0) await new Promise(setImmediate);
          }
          const [pubacks, pubrecs] = [numbersSent(messages, 1), numbersSent(messages, 2)];
          if (pubacks.length > 0) await client.until("puback", pubacks.length);
          if (pubrecs.length > 0) await client.until("pubrec", pubrecs.length);
          expect(numbersOf("puback", client)).toEqual(pubacks);
          expect(numbersOf("pubrec", client)).toEqual(pubrecs);
          client.cut();
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });

  it("of a connection that is cut are those of its first messages, and the next goes on from there", async () => {
    const topics = [heard, unheard, unheard, heard, unheard, time];
    const messages = Array.from({ length: 600 }, (_, index): Message => {
      return { topic: topics[index % topics.length]!, payload: '{"a":1}', qos: 1, retain: false };
    });
    const all = numbersSent(messages, 1);
    let appends = 0;
    const held = Promise.withResolvers<void>();
    pace.append = () => (++appends > 3 ? held.promise : Promise.resolve());
    const first = await connect("cut", false);
    await first.subscribe([{ topic: heard, qos: 1 }]);
    const bytes = bytesOf(messages);
    const pieces = 20;
    for (let piece = 0; piece < pieces; piece += 1) {
      first.sendBytes(bytes.subarray((piece * bytes.length) / pieces, ((piece + 1) * bytes.length) / pieces));
      await new Promise(setImmediate);
    }
    await first.until("puback");
    first.cut();
    await first.closed;
    const acknowledged = numbersOf("puback", first);
    expect(acknowledged).toEqual(all.slice(0, acknowledged.length));
    expect(acknowledged.length).toBeLessThan(all.length);

    const second = await connect("cut", false);
    second.sendBytes(bytesOf(messages.slice(acknowledged.length), true, acknowledged.length + 1));
    held.resolve();
    await second.until("puback", all.length - acknowledged.length);
    expect(numbersOf("puback", second)).toEqual(all.slice(acknowledged.length));
    second.cut();
  });

  it("of a message of QoS 2 whose sender is back before it is durable say that subscribers hear it once", async () => {
    const listener = await RawDevice.connect(gateway.app.mqttPort, { clientId: "listener", version });
    await listener.subscribe([{ topic: heard, qos: 2 }]);
    const held = Promise.withResolvers<void>();
    let isHolding = false;
    pace.append = () => {
      isHolding = true;
      return held.promise;
    };
    const messages: Message[] = [{ topic: heard, payload: '{"back":1}', qos: 2, retain: false }];
    const first = await connect("back", false);
    // What comes now is in one group commit, after this one.
    first.sendBytes(bytesOf([{ topic: unheard, payload: '{"a":1}', qos: 1, retain: false }]));
    await eventually(() => expect(isHolding).toBe(true));
    first.sendBytes(bytesOf(messages));
    const second = await connect("back", false);
    second.sendBytes(bytesOf(messages, true));
    second.send({ cmd: "pingreq" });
    await second.until("pingresp");
    held.resolve();
    await second.until("pubrec");
    second.send({ cmd: "pubrel", messageId: 1 });
    await second.until("pubcomp");
    second.sendBytes(bytesOf([{ ...messages[0]!, payload: '{"last":1}' }]));
    const said = (): string[] =>
      listener.heard.flatMap((packet) => (packet.cmd === "publish" ? [String(packet.payload)] : []));
    await eventually(() => expect(said()).toContain('{"last":1}'));
    expect(said()).toEqual(['{"back":1}', '{"last":1}']);
    listener.cut();
    second.cut();
  });

  it("of messages among clients without a login wait for those before", async () => {
    const client = await RawDevice.connect(gateway.app.mqttPort, { clientId: "relay", version });
    await client.subscribe([{ topic: "somewhere/heard", qos: 1 }]);
    const topics = ["somewhere/heard", "somewhere/else", "devices/x/telemetry/value/a"];
    const messages = Array.from({ length: 30 }, (_, index): Message => {
      return { topic: topics[(index + Math.floor(index / 3)) % 3]!, payload: "1", qos: 1, retain: false };
    });
    client.sendBytes(bytesOf(messages));
    await client.until("puback", messages.length);
    expect(numbersOf("puback", client)).toEqual(numbersSent(messages, 1));
    client.cut();
  });
});
