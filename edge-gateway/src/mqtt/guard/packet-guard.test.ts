import mqttPacket from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { cpuMillis } from "@headwater/testkit/cpu-time";
import { PacketGuard } from "./packet-guard.ts";
import type { Violation } from "./violations.ts";

const limits = {
  maxPacketBytes: 1000,
  maxTopicBytes: 100,
  maxTopicLevels: 5,
  maxFilters: 3,
  maxClientIdBytes: 30,
  maxUserProperties: 4,
  maxPropertyBytes: 256,
};
const connect = (version: 3 | 4 = 4) =>
  mqttPacket.generate({
    cmd: "connect",
    protocolId: version === 3 ? "MQIsdp" : "MQTT",
    protocolVersion: version,
    clientId: "c",
    clean: true,
    keepalive: 0,
  });
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const pingreq = hex("c0 00");

function connected(version: 3 | 4 = 4): PacketGuard {
  const guard = new PacketGuard(limits);
  guard.take(connect(version));
  return guard;
}

describe("the guard", () => {
  it.each<[string, string, Violation]>([
    ["a packet that is too large, at its header", "30 f0 1f", "packet-too-large"],
    ["a length of five bytes", "30 ff ff ff ff 01", "malformed-length"],
    ["a second CONNECT", "10 0d 00 04 4d 51 54 54 04 02 00 00 00 01 63", "second-connect"],
    ["type 0", "00 00", "reserved-type"],
    ["type 15", "f0 00", "reserved-type"],
    ["CONNACK", "20 02 00 00", "server-only-packet"],
    ["PINGRESP", "d0 00", "server-only-packet"],
    ["flags on PINGREQ", "c1 00", "reserved-flags"],
    ["SUBSCRIBE without its flag", "80 06 00 01 00 01 61 00", "reserved-flags"],
    ["a PINGREQ with a body", "c0 01 00", "wrong-length"],
    ["a short PUBACK", "40 01 00", "wrong-length"],
    ["a long PUBREL", "62 03 00 01 00", "wrong-length"],
    ["PUBACK of packet 0", "40 02 00 00", "packet-id-zero"],
    ["PUBLISH of packet 0", "32 05 00 01 61 00 00", "packet-id-zero"],
    ["SUBSCRIBE of packet 0", "82 06 00 00 00 01 61 00", "packet-id-zero"],
    ["QoS 3", "36 05 00 01 61 00 01", "qos-3"],
    ["a subscription with QoS 3", "82 06 00 01 00 01 61 03", "qos-3"],
    ["DUP with QoS 0", "38 03 00 01 61", "dup-qos-0"],
    ["a topic that is longer than its packet", "30 03 00 09 61", "truncated-packet"],
    ["a PUBLISH without its packet identifier", "32 03 00 01 61", "truncated-packet"],
    ["a topic with a wildcard", "30 03 00 01 2b", "topic-name"],
    ["an empty topic", "30 02 00 00", "topic-name"],
    ["a topic with NUL", "30 03 00 01 00", "invalid-text"],
    ["a filter with a wildcard in a wrong place", "82 07 00 01 00 02 61 23 00", "topic-filter"],
    ["SUBSCRIBE without a filter", "82 02 00 01", "no-filter"],
    ["UNSUBSCRIBE without a filter", "a2 02 00 01", "no-filter"],
    ["more filters than allowed", "a2 0e 00 01 00 01 61 00 01 62 00 01 63 00 01 64", "too-many-filters"],
  ])("stops %s, and nothing passes from there on", (_name, bytes, violation) => {
    const guard = connected();
    expect(guard.take(Buffer.concat([pingreq, hex(bytes), pingreq]))).toEqual(pingreq);
    expect(guard.violation).toBe(violation);
    expect(guard.take(Buffer.from(pingreq))).toBeNull();
  });

  it.each([
    ["something else than CONNECT", "30 03 00 01 61", "no-connect", undefined],
    ["HTTP", "47 45 54 20 2f", "no-connect", undefined],
    ["another protocol", "10 0d 00 04 4d 51 54 55 04 02 00 00 00 01 63", "protocol-name", undefined],
    ["MQTT 5", "10 0e 00 04 4d 51 54 54 05 02 00 00 00 00 01 63", "protocol-version", "2003008400"],
    ["a version of the other name", "10 0d 00 04 4d 51 54 54 03 02 00 00 00 01 63", "protocol-version", "20020001"],
    ["no client identifier to come back to", "10 0c 00 04 4d 51 54 54 04 00 00 00 00 00", "client-id", "20020002"],
    ["the reserved flag", "10 0d 00 04 4d 51 54 54 04 03 00 00 00 01 63", "connect-flags", undefined],
    ["a password alone", "10 10 00 04 4d 51 54 54 04 42 00 00 00 01 63 00 01 70", "connect-flags", undefined],
    ["bytes after the end", "10 0e 00 04 4d 51 54 54 04 02 00 00 00 01 63 00", "trailing-bytes", undefined],
    ["a will without a topic", "10 12 00 04 4d 51 54 54 04 06 00 00 00 01 63 00 00 00 01 61", "topic-name", undefined],
  ])("does not let in %s", (_name, bytes, violation, reply) => {
    const guard = new PacketGuard(limits);
    expect(guard.take(hex(bytes))).toBeNull();
    expect(guard.violation).toBe(violation);
    expect(guard.reply === undefined ? undefined : Buffer.from(guard.reply).toString("hex")).toBe(reply);
  });

  it("hands on packets in place, without a copy, and holds back what is not whole", () => {
    const guard = connected();
    const chunk = Buffer.concat([pingreq, pingreq, hex("40 02 00")]);
    const passed = guard.take(chunk)!;
    expect(passed).toEqual(Buffer.concat([pingreq, pingreq]));
    expect(passed.buffer).toBe(chunk.buffer);
    expect(guard.partialBytes).toBe(3);
    expect(guard.take(hex("01 c0"))).toEqual(hex("40 02 00 01"));
    expect(guard.take(hex("00"))).toEqual(pingreq);
    expect(guard.partialBytes).toBe(0);
  });

  it("ignores what comes after DISCONNECT", () => {
    const guard = connected();
    expect(guard.take(hex("e0 00 00 00"))).toEqual(hex("e0 00"));
    expect(guard.take(hex("00"))).toBeNull();
    expect(guard.violation).toBeUndefined();
  });

  it("clears what MQTT 3.1 does not use, and heeds it in 3.1.1", () => {
    const old = connected(3);
    expect(old.take(hex("41 02 00 01 8a 06 00 01 00 01 61 00"))).toEqual(hex("40 02 00 01 82 06 00 01 00 01 61 00"));
    const first = new PacketGuard(limits);
    // The flag of a user name that is not there, and header flags.
    const odd = hex("14 0f 00 06 4d 51 49 73 64 70 03 82 00 00 00 01 63");
    expect(first.take(odd)).toEqual(hex("10 0f 00 06 4d 51 49 73 64 70 03 02 00 00 00 01 63"));
    expect(first.violation).toBeUndefined();
    expect(connected().take(hex("41 02 00 01"))).toBeNull();
  });

  it("leaves the rest when its budget is spent", () => {
    const guard = connected();
    const publish = hex("30 03 00 01 61");
    const chunk = Buffer.concat([publish, pingreq, publish, publish]);
    expect(guard.take(chunk, 2)).toEqual(Buffer.concat([publish, pingreq, publish]));
    expect(guard.rest).toEqual(publish);
    expect(guard.take(guard.rest!, 2)).toEqual(publish);
    expect(guard.rest).toBeUndefined();
    expect(guard.take(chunk, Infinity, 1)).toEqual(publish);
    expect(guard.rest!.length).toBe(12);
  });

  it("takes a large packet byte by byte without copying it again and again", () => {
    const guard = new PacketGuard({ ...limits, maxPacketBytes: 256 * 1024 });
    guard.take(connect());
    const packet = mqttPacket.generate({
      cmd: "publish",
      topic: "t",
      payload: Buffer.alloc(250_000, 7),
      qos: 0,
      dup: false,
      retain: false,
    });
    let passed: Buffer | null = null;
    let early = 0;
    const spent = cpuMillis(() => {
      for (let at = 0; at < packet.length; at += 1) {
        if (passed !== null) early += 1;
        passed = guard.take(packet.subarray(at, at + 1));
      }
    });
    expect(early).toBe(0);
    expect(passed!.equals(packet)).toBe(true);
    // Quadratic copying would take half a minute.
    expect(spent).toBeLessThan(15_000);
  });
});
