import { expect, it } from "vitest";
import { connackFault } from "./connack.ts";
import { bytesOf } from "./notation.ts";

/** A clean start of a client that tells these properties. */
const connect = (properties = "", clientId = "p"): Buffer => {
  const body = bytesOf(
    `s4 'MQTT' 05 02 k10 v${bytesOf(properties).length} ${properties} s${clientId.length} '${clientId}'`,
  );
  return Buffer.concat([bytesOf(`10 r${body.length}`), body]);
};
const connack = (properties = "", head = "00 00"): Buffer => {
  const body = bytesOf(`${head} v${bytesOf(properties).length} ${properties}`);
  return Buffer.concat([bytesOf(`20 r${body.length}`), body]);
};
const fault = (properties: string, asked = "", clientId = "p"): string | undefined =>
  connackFault(connect(asked, clientId), connack(properties));

it.each([
  ["nothing more", "", "", "p"],
  ["what Mosquitto tells", "22 H10 27 L2000000 21 H20", "", "p"],
  ["an identifier for who has none", "12 s1 'x'", "", ""],
  ["a session expiry that is shorter than what was asked for", "11 L60", "11 L3600", "p"],
  ["user properties, repeated", "26 s1 'a' s1 'b' 26 s1 'a' s1 'c'", "", "p"],
  ["response information for who asks", "1A s1 'x'", "19 01", "p"],
])("CONNACK may tell %s", (_name, properties, asked, clientId) => {
  expect(fault(properties, asked, clientId)).toBeUndefined();
});

it.each([
  ["a receive maximum of 0", "21 H0", "", "p", "Receive Maximum"],
  ["a flag of 2", "2A 02", "", "p", "Shared Subscription Available"],
  ["a property twice", "22 H1 22 H1", "", "p", "Topic Alias Maximum"],
  ["a property of another packet", "23 H1", "", "p", "0x23"],
  ["half a property", "27 H1", "", "p", "Maximum Packet Size"],
  ["no identifier for who has none", "", "", "", "3.2.2.3.7"],
  ["an identifier for who has one", "12 s1 'x'", "", "p", "3.2.2.3.7"],
  ["the session expiry that was asked for", "11 L60", "11 L60", "p", "3.2.2.3.2"],
  ["response information unasked", "1A s1 'x'", "19 00", "p", "3.2.2.3.15"],
  ["a server reference with success", "1C s1 'x'", "", "p", "3.2.2.3.16"],
  ["a method of authentication unasked", "15 s1 'x'", "", "p", "3.2.2.3.17"],
  ["more than the client takes", "22 H10 27 L2000000", "27 L10", "p", "3.1.2.11.4"],
])("CONNACK may not tell %s", (_name, properties, asked, clientId, section) => {
  expect(fault(properties, asked, clientId)).toContain(section);
});

it.each([
  ["reserved flags", "02 00", "3.2.2.1"],
  ["a session after a clean start", "01 00", "3.2.2.1.1"],
])("CONNACK may not have %s", (_name, head, section) => {
  expect(connackFault(connect(), connack("", head))).toContain(section);
});
