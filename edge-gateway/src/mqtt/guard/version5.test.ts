import mqttPacket from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { OutgoingFlows } from "./outgoing-flows.ts";
import { PacketGuard } from "./packet-guard.ts";
import type { Violation } from "./violations.ts";

const limits = {
  maxPacketBytes: 2000,
  maxTopicBytes: 100,
  maxTopicLevels: 5,
  maxFilters: 3,
  maxClientIdBytes: 30,
  maxUserProperties: 2,
  maxPropertyBytes: 300,
  speaksVersion5: true,
};
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const said = (guard: PacketGuard) => (guard.reply === undefined ? undefined : Buffer.from(guard.reply).toString("hex"));
const reasonOf = ({ reply }: PacketGuard) => /: .*$/.exec(Buffer.from(reply!).toString())?.[0].slice(2);

/** CONNECT with client identifier "c"; its flags and properties. */
function connect(flags: string, properties: string, rest = ""): Buffer {
  const list = hex(properties);
  const body = Buffer.concat([hex(`00 04 4d 51 54 54 05 ${flags} 00 00`), Buffer.of(list.length), list]);
  const whole = Buffer.concat([body, hex(`00 01 63 ${rest}`)]);
  return Buffer.concat([Buffer.of(0x10, whole.length), whole]);
}

/** A client that is let in, and told what CONNACK has in its properties. */
function letIn({ properties = "", told = "" } = {}): { guard: PacketGuard; flows: OutgoingFlows } {
  const flows = new OutgoingFlows();
  const guard = new PacketGuard(limits, flows);
  guard.take(connect("02", properties));
  const list = hex(told);
  flows.sent(Buffer.concat([Buffer.of(0x20, 3 + list.length, 0, 0, list.length), list]));
  return { guard, flows };
}

const publish = (body: string, first = 0x30) => {
  const bytes = hex(body);
  return Buffer.concat([Buffer.of(first, bytes.length), bytes]);
};
/** PUBLISH of QoS 1 to "a" with its packet identifier. */
const numbered = (id: number) => publish(`00 01 61 00 ${id.toString(16).padStart(2, "0")} 00`, 0x32);

describe("the guard, of a client of MQTT 5", () => {
  it.each<[string, string, Violation, string]>([
    ["QoS 3", "36 06 00 01 61 00 01 00", "qos-3", "e00181"],
    ["a PUBLISH that ends before its properties", "30 03 00 01 61", "truncated-packet", "e00181"],
    ["a property that does not exist", "30 06 00 01 61 02 04 00", "unknown-property", "e00181"],
    ["a property of another packet", "30 06 00 01 61 02 17 00", "misplaced-property", "e00182"],
    ["a property of another packet in SUBSCRIBE", "82 09 00 01 02 01 00 00 01 61 00", "misplaced-property", "e00181"],
    ["a property twice", "30 08 00 01 61 04 01 00 01 00", "repeated-property", "e00182"],
    ["a property that is cut off", "30 07 00 01 61 03 02 00 00", "truncated-packet", "e00181"],
    ["a flag of 2", "30 06 00 01 61 02 01 02", "property-value", "e00182"],
    ["a response topic with a wildcard", "30 08 00 01 61 04 08 00 01 23", "property-value", "e00182"],
    ["a content type with NUL", "30 08 00 01 61 04 03 00 01 00", "invalid-text", "e00181"],
    ["a user property with half a value", "30 0a 00 01 61 06 26 00 01 61 00 01", "truncated-packet", "e00181"],
    ["a length of properties that is longer than need be", "30 06 00 01 61 80 00 00", "variable-integer", "e00181"],
    ["a length that is longer than need be", "30 85 00 00 01 61 00 00", "malformed-length", "e00181"],
    ["a packet that is too large", "30 d1 0f", "packet-too-large", "e00195"],
    ["a topic that is too deep", "30 0e 00 0b 61 2f 62 2f 63 2f 64 2f 65 2f 66 00", "topic-too-deep", "e00190"],
    ["neither topic nor alias", "30 03 00 00 00", "topic-name", "e00181"],
    ["an alias that CONNACK does not allow", "30 07 00 01 61 03 23 00 01", "topic-alias", "e00194"],
    ["a reason code that PUBREL does not have", "62 03 00 01 80", "reason-code", "e00182"],
    ["bytes after the properties of PUBACK", "40 05 00 01 00 00 00", "trailing-bytes", "e00181"],
    ["a retain handling of 3", "82 07 00 01 00 00 01 61 30", "subscription-options", "e00181"],
    [
      "a shared subscription without a filter",
      "82 0e 00 01 00 00 08 24 73 68 61 72 65 2f 67 00",
      "shared-filter",
      "e00181",
    ],
    [
      "No Local on a shared subscription",
      "82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 04",
      "shared-no-local",
      "e00182",
    ],
    ["a subscription identifier of 0", "82 09 00 01 02 0b 00 00 01 61 00", "property-value", "e00182"],
    ["AUTH", "f0 00", "unexpected-auth", "e00182"],
    ["a type that does not exist, before its length is there", "0a c0", "reserved-type", "e00182"],
    ["what only a server sends", "20 03 00 00 00", "server-only-packet", "e00182"],
    ["a second CONNECT", "10 00", "second-connect", "e00182"],
    ["flags on PINGREQ", "c1 00", "reserved-flags", "e00181"],
    ["a session expiry of a session that was to end", "e0 07 00 05 11 00 00 00 01", "session-expiry", "e00182"],
    [
      "more user properties than allowed",
      "30 13 00 01 61 0f 26 00 00 00 00 26 00 00 00 00 26 00 00 00 00",
      "too-many-properties",
      "e00197",
    ],
  ])("refuses %s", (_name, bytes, violation, reply) => {
    const { guard } = letIn();
    expect(guard.take(Buffer.concat([hex("c0 00"), hex(bytes)]))).toEqual(hex("c0 00"));
    expect(guard.violation).toBe(violation);
    expect(said(guard)).toBe(reply);
  });

  it("refuses more bytes of properties than allowed", () => {
    const { guard } = letIn();
    const text = Buffer.concat([hex("03 01 2c"), Buffer.alloc(300, 0x61)]);
    guard.take(Buffer.concat([hex("30 b4 02 00 01 61 af 02"), text]));
    expect(guard.violation).toBe("too-many-properties");
  });

  it.each<[string, Buffer, Violation, string | undefined]>([
    ["a property twice", connect("02", "19 01 19 01"), "repeated-property", "2003008200"],
    ["an authentication method", connect("02", "15 00 01 78"), "authentication-method", "2003008c00"],
    ["authentication data alone", connect("02", "16 00 01 78"), "misplaced-property", "2003008200"],
    ["a receive maximum of 0", connect("02", "21 00 00"), "property-value", "2003008200"],
    ["a client identifier with NUL", hex("10 0e 00 04 4d 51 54 54 05 02 00 00 00 00 01 00"), "client-id", "2003008500"],
    [
      "a will that is not the text it says",
      connect("06", "", "02 01 01 00 01 61 00 01 ff"),
      "payload-format",
      "2003009900",
    ],
    ["a will to a wildcard", connect("06", "", "00 00 01 23 00 00"), "topic-name", "2003008100"],
    ["a packet size that no answer fits in", connect("02", "27 00 00 00 04"), "packet-size-maximum", undefined],
    [
      "a length that is longer than it need be",
      hex("10 8e 00 00 04 4d 51 54 54 05 02 00 00 00 00 01 63"),
      "malformed-length",
      "2003008100",
    ],
    ["flags in its header", hex("11 0e 00 04 4d 51 54 54 05 02 00 00 00 00 01 63"), "reserved-flags", "2003008100"],
  ])("does not let in a CONNECT with %s", (_name, bytes, violation, reply) => {
    const guard = new PacketGuard(limits);
    expect(guard.take(bytes)).toBeNull();
    expect(guard.violation).toBe(violation);
    expect(said(guard)).toBe(reply);
  });

  it("lets in a password without a name, and a client without an identifier", () => {
    const guard = new PacketGuard(limits);
    expect(guard.take(connect("42", "", "00 01 70"))).not.toBeNull();
    const nameless = new PacketGuard(limits);
    expect(nameless.take(hex("10 0d 00 04 4d 51 54 54 05 00 00 00 00 00 00"))).not.toBeNull();
    expect(nameless.connect).toMatchObject({ version: 5, clientId: "" });
  });

  it("refuses version 5 by its reason code where it is not spoken", () => {
    const guard = new PacketGuard({ ...limits, speaksVersion5: false });
    expect(guard.take(connect("02", ""))).toBeNull();
    expect(said(guard)).toBe("2003008400");
  });

  it("knows which aliases have a topic", () => {
    const { guard } = letIn({ told: "22 00 02" });
    expect(guard.take(publish("00 01 61 03 23 00 02"))).not.toBeNull();
    expect(guard.take(publish("00 00 03 23 00 02"))).not.toBeNull();
    expect(guard.take(publish("00 00 03 23 00 01"))).toBeNull();
    expect(guard.violation).toBe("unknown-alias");
    const { guard: other } = letIn({ told: "22 00 02" });
    other.take(publish("00 01 61 03 23 00 03"));
    expect(other.violation).toBe("topic-alias");
  });

  it("counts what is unacknowledged against the receive maximum of CONNACK", () => {
    const { guard, flows } = letIn({ told: "21 00 02" });
    guard.take(Buffer.concat([numbered(1), publish("00 01 61 00 02 00", 0x34)]));
    // PUBACK in pieces, as the broker may write it.
    flows.sent(hex("40"));
    flows.sent(hex("02 00"));
    flows.sent(hex("01"));
    guard.take(numbered(3));
    // PUBREC goes on with PUBREL; one that fails ends its message.
    flows.sent(hex("50 02 00 02"));
    flows.sent(hex("50 04 00 02 87 00"));
    guard.take(numbered(4));
    flows.sent(hex("70 02 00 02"));
    guard.take(numbered(5));
    expect(guard.violation).toBeUndefined();
    guard.take(publish("00 01 61 00", 0x30));
    expect(guard.violation).toBeUndefined();
    // One more waits, and what comes behind it, also if it comes in pieces.
    const [sixth, ping] = [numbered(6), hex("c0 00")];
    expect(guard.take(Buffer.concat([ping, sixth, ping]))).toEqual(ping);
    expect(guard.heldBy!.hasRoom).toBe(false);
    expect(guard.rest).toEqual(Buffer.concat([sixth, ping]));
    expect(guard.take(sixth.subarray(0, 4))).toBeNull();
    expect(guard.take(Buffer.concat([sixth.subarray(4), ping]))).toBeNull();
    expect(guard.rest).toEqual(Buffer.concat([sixth, ping]));
    flows.sent(hex("40 02 00 05"));
    expect(guard.take(guard.rest!)).toEqual(Buffer.concat([sixth, ping]));
    expect(guard.heldBy).toBeUndefined();
    expect(guard.violation).toBeUndefined();
  });

  it.each<[string, string, Buffer, Violation, string]>([
    ["retained messages", "25 00", publish("00 01 61 00", 0x31), "retain-unavailable", "e0019a"],
    ["QoS 2", "24 01", publish("00 01 61 00 01 00", 0x34), "qos-unavailable", "e0019b"],
    ["wildcards", "28 00", hex("82 07 00 01 00 00 01 23 00"), "wildcard-unavailable", "e001a2"],
    [
      "shared subscriptions",
      "2a 00",
      hex("82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 00"),
      "shared-unavailable",
      "e0019e",
    ],
    ["identifiers", "29 00", hex("82 09 00 01 02 0b 01 00 01 61 00"), "subscription-id-unavailable", "e001a1"],
  ])("refuses %s if CONNACK said so, and not else", (_name, told, bytes, violation, reply) => {
    const { guard } = letIn({ told });
    guard.take(Buffer.from(bytes));
    expect(guard.violation).toBe(violation);
    expect(said(guard)).toBe(reply);
    const { guard: free } = letIn();
    // What is shared is marked for the broker.
    const passed = Buffer.from(bytes.toString("latin1").replace("$share/", "\u0001share/"), "latin1");
    expect(free.take(Buffer.from(bytes))).toEqual(passed);
  });

  it("a PUBREC that fails ends the message, and another may take its number", () => {
    const { guard, flows } = letIn();
    flows.sent(hex("34 06 00 01 61 00 01 00"));
    expect(flows.size).toBe(1);
    expect(guard.take(hex("50 03 00 01 80"))).not.toBeNull();
    expect(flows.size).toBe(0);
    flows.sent(hex("32 06 00 01 61 00 01 00"));
    expect(guard.take(hex("40 02 00 01"))).not.toBeNull();
  });

  it("sends no DISCONNECT before CONNACK", () => {
    const guard = new PacketGuard(limits, new OutgoingFlows());
    guard.take(Buffer.concat([connect("02", ""), hex("c1 00")]));
    expect(guard.violation).toBe("reserved-flags");
    expect(guard.reply).toBeUndefined();
  });

  it("says what is wrong and what to do to whoever wants to know", () => {
    const misplaced = publish("00 01 61 02 24 00");
    const { guard: asks } = letIn({ properties: "17 01" });
    asks.take(Buffer.from(misplaced));
    expect(Buffer.from(asks.reply!).toString()).toContain("PUBLISH, Maximum QoS: ");
    expect(reasonOf(asks)).toBe(
      "a property that its type of packet cannot have (MQTT 5, 2.2.2.2); leave the property out of this packet",
    );
    const parser = mqttPacket.parser({ protocolVersion: 5 });
    const packets: unknown[] = [];
    parser.on("packet", (packet) => packets.push(packet));
    parser.parse(Buffer.from(asks.reply!));
    expect(packets).toMatchObject([{ cmd: "disconnect", reasonCode: 0x82 }]);
    // One that does not take so much, one that does not want it, one that has not said who it is.
    for (const properties of ["17 01 27 00 00 00 40", "17 00", ""]) {
      const { guard } = letIn({ properties });
      guard.take(Buffer.from(misplaced));
      expect(said(guard)).toBe("e00182");
    }
  });

  it("says how large a packet may be that was too large", () => {
    const { guard } = letIn({ properties: "17 01" });
    guard.take(hex("30 d1 0f"));
    expect(Buffer.from(guard.reply!).toString()).toContain("PUBLISH of 2004 bytes (at most 2000): ");
  });

  it.each<[string, string, string, number]>([
    ["SUBSCRIBE", "82", "00", 2],
    ["UNSUBSCRIBE", "a2", "", 2],
    ["SUBSCRIBE", "82", "00", 3],
  ])("refuses a %s whose answer is larger than the client takes", (_name, first, options, filters) => {
    const packet = publish(`00 01 00 ${`00 01 61 ${options}`.repeat(filters)}`, Number.parseInt(first, 16));
    // Fixed header, packet identifier, no properties, and a reason code for each filter.
    const answer = 2 + 2 + 1 + filters;
    const takes = letIn({ properties: `27 00 00 00 0${answer}` }).guard;
    expect(takes.take(Buffer.from(packet))).toEqual(packet);
    const tooLarge = letIn({ properties: `27 00 00 00 0${answer - 1}` }).guard;
    expect(tooLarge.take(Buffer.from(packet))).toBeNull();
    expect(tooLarge.violation).toBe("answer-too-large");
    expect(said(tooLarge)).toBe("e00195");
  });

  it("explains to a client that has logged in, and to none whose CONNECT it refuses unasked", () => {
    const flows = new OutgoingFlows();
    const guard = new PacketGuard(limits, flows);
    guard.take(connect("82", "", "00 01 75"));
    flows.sent(hex("20 03 00 00 00"));
    guard.take(hex("c1 00"));
    expect(reasonOf(guard)).toContain("flags of a fixed header");
    const refused = new PacketGuard(limits);
    refused.take(connect("82", "15 00 01 78", "00 01 75"));
    expect(said(refused)).toBe("2003008c00");
    const asking = new PacketGuard(limits);
    asking.take(connect("02", "17 01 15 00 01 78"));
    expect(reasonOf(asking)).toContain("log in by user name and password");
  });
});
