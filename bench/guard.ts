/**
 * What the guard costs a PUBLISH: CPU of checking streams as a socket hands them over, beside what the parser behind it
 * takes for the same bytes.
 *
 *     node bench/guard.ts
 */
import mqttPacket, { type IPublishPacket } from "mqtt-packet";
import { OutgoingFlows } from "../edge-gateway/src/mqtt/guard/outgoing-flows.ts";
import { PacketGuard } from "../edge-gateway/src/mqtt/guard/packet-guard.ts";
import { conditions, describe, median } from "./conditions.ts";

const limits = {
  maxPacketBytes: 256 * 1024,
  maxTopicBytes: 1024,
  maxTopicLevels: 32,
  maxFilters: 100,
  maxClientIdBytes: 512,
  maxUserProperties: 100,
  maxPropertyBytes: 16 * 1024,
  speaksVersion5: true,
};
const chunkBytes = 64 * 1024;
const rounds = 15;
const payload = '{"temperature":21.57,"pressure":1013.2,"humidity":48.25}';
type Version = 4 | 5;
const connect = (protocolVersion: Version) =>
  mqttPacket.generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion,
    clientId: "c",
    clean: true,
    keepalive: 0,
  });
/** CONNACK and PUBACK of MQTT 5, as the gateway writes them: up to ten aliases. */
const connack = Buffer.of(0x20, 6, 0, 0, 3, 0x22, 0, 10);
const puback = Buffer.of(0x40, 2, 0, 1);

/** So many PUBLISH packets in chunks that end anywhere, as they come from a socket. */
function stream(
  count: number,
  topicOf: (index: number) => string,
  protocolVersion: Version = 4,
  properties?: IPublishPacket["properties"],
): Buffer[] {
  const packets = Array.from({ length: count }, (_, i) =>
    mqttPacket.generate(
      {
        cmd: "publish",
        topic: topicOf(i),
        payload,
        qos: 1,
        messageId: 1 + (i % 65_535),
        dup: false,
        retain: false,
        ...(properties !== undefined && { properties }),
      },
      { protocolVersion },
    ),
  );
  const bytes = Buffer.concat(packets);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
  return chunks;
}

/** Median of several rounds, nanoseconds of CPU each. */
function measure(count: number, run: () => void): number {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    // The first ones compile it.
    if (round >= 3) figures.push(((user + system) * 1000) / count);
  }
  return median(figures);
}

function guarded(chunks: readonly Buffer[], version: Version = 4): void {
  const flows = new OutgoingFlows();
  const guard = new PacketGuard(limits, flows);
  guard.take(connect(version));
  if (version === 5) flows.sent(connack);
  let acknowledged = 0;
  for (const chunk of chunks) {
    guard.take(chunk);
    // What a client of MQTT 5 may send depends on what was acknowledged.
    for (; version === 5 && acknowledged < guard.publishes; acknowledged += 1) flows.sent(puback);
  }
  if (guard.violation !== undefined) throw new RangeError(guard.violation);
}

function parsed(chunks: readonly Buffer[]): void {
  const parser = mqttPacket.parser();
  for (const chunk of chunks) parser.parse(chunk);
}

const count = 200_000;
const line = (what: string, figure: number): void => console.log(`${what.padEnd(44)} ${figure.toFixed(0)} ns`);
console.log(describe(conditions()));
const same = stream(count, () => "devices/boiler-1/telemetry");
line(
  "the guard, a PUBLISH of the same topic",
  measure(count, () => guarded(same)),
);
const other = stream(count, (i) => `devices/boiler-${i % 7}/telemetry`);
line(
  "the guard, a PUBLISH of another topic",
  measure(count, () => guarded(other)),
);
const plain5 = stream(count, () => "devices/boiler-1/telemetry", 5);
line(
  "MQTT 5: the same topic, and its PUBACK read",
  measure(count, () => guarded(plain5, 5)),
);
const rich5 = stream(count, () => "devices/boiler-1/telemetry", 5, {
  topicAlias: 1,
  payloadFormatIndicator: true,
  messageExpiryInterval: 60,
  contentType: "application/json",
  userProperties: { trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
});
line(
  "MQTT 5: with five properties",
  measure(count, () => guarded(rich5, 5)),
);
line(
  "mqtt-packet's parser, the same bytes",
  measure(count, () => parsed(same)),
);
const acks = Buffer.concat(Array.from({ length: 1000 }, (_, i) => Buffer.of(0x40, 2, i >> 8, i & 0xff)));
line(
  "an acknowledgement that is read along",
  measure(1_000_000, () => {
    const flows = new OutgoingFlows();
    for (let i = 0; i < 1000; i += 1) flows.sent(acks);
  }),
);
