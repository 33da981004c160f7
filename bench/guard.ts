/**
 * What the guard costs a PUBLISH: CPU of checking streams as a socket hands them over, beside what the parser behind it
 * takes for the same bytes.
 *
 *     node bench/guard.ts
 */
import mqttPacket from "mqtt-packet";
import { OutgoingFlows } from "../edge-gateway/src/mqtt/guard/outgoing-flows.ts";
import { PacketGuard } from "../edge-gateway/src/mqtt/guard/packet-guard.ts";
import { conditions, describe, median } from "./conditions.ts";

const limits = {
  maxPacketBytes: 256 * 1024,
  maxTopicBytes: 1024,
  maxTopicLevels: 32,
  maxFilters: 100,
  maxClientIdBytes: 512,
};
const chunkBytes = 64 * 1024;
const rounds = 15;
const payload = '{"temperature":21.57,"pressure":1013.2,"humidity":48.25}';
const connect = mqttPacket.generate({
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId: "c",
  clean: true,
  keepalive: 0,
});

/** So many PUBLISH packets in chunks that end anywhere, as they come from a socket. */
function stream(count: number, topicOf: (index: number) => string): Buffer[] {
  const packets = Array.from({ length: count }, (_, i) =>
    mqttPacket.generate({
      cmd: "publish",
      topic: topicOf(i),
      payload,
      qos: 1,
      messageId: 1 + (i % 65_535),
      dup: false,
      retain: false,
    }),
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

function guarded(chunks: readonly Buffer[]): void {
  const guard = new PacketGuard(limits, new OutgoingFlows());
  guard.take(Buffer.from(connect));
  for (const chunk of chunks) guard.take(chunk);
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
