import { DecodeError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { parseProxyHeader } from "./proxy-header.ts";

const longAddress = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** A header of version 2 (§2.2): signature, version and command, family, length, the rest. */
function version2(versionAndCommand: number, family: number, rest: Buffer, length = rest.length): Buffer {
  const head = Buffer.from([versionAndCommand, family, length >> 8, length & 0xff]);
  return Buffer.concat([signature, head, rest]);
}

const tcp4 = Buffer.from([192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 0x04, 0x01, 0xbb]);
const tcp6 = Buffer.concat([
  Buffer.from("20010db8000000000000000000000007", "hex"),
  Buffer.from("20010db8000000000000000000000001", "hex"),
  Buffer.from([0xdc, 0x04, 0x22, 0xb3]),
]);
/** PP2_TYPE_AUTHORITY and PP2_TYPE_NOOP (§2.2). */
const attributes = Buffer.from("02000b6578616d706c652e636f6d040001ff", "hex");

describe("the lines that the specification shows for version 1", () => {
  it.each([
    ["PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", 56, "255.255.255.255"],
    [`PROXY TCP6 ${longAddress} ${longAddress} 65535 65535\r\n`, 104, longAddress],
    ["PROXY UNKNOWN\r\n", 15, undefined],
    [`PROXY UNKNOWN ${longAddress} ${longAddress} 65535 65535\r\n`, 107, undefined],
    [
      "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\nHost: 192.168.0.11\r\n\r\n",
      47,
      "192.168.0.1",
    ],
  ])("%j", (line, length, address) => {
    expect(parseProxyHeader(Buffer.from(line))).toEqual({ length, address });
  });
});

it.each([
  "PROXY TCP4 192.168.0.1 192.168.0.11 56324\r\n",
  "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 7\r\n",
  "PROXY TCP4 192.168.0.1 192.168.0.11 56324 65536\r\n",
  "PROXY TCP4 192.168.0.1 192.168.0.11 056324 443\r\n",
  "PROXY TCP4 192.168.0.256 192.168.0.11 56324 443\r\n",
  "PROXY TCP4 ::1 ::1 56324 443\r\n",
  "PROXY TCP6 192.168.0.1 192.168.0.11 56324 443\r\n",
  "PROXY  TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
  "PROXY UDP4 192.168.0.1 192.168.0.11 56324 443\r\n",
  "PROXY \r\n",
  "proxy TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
  `PROXY TCP4 ${"1".repeat(110)}`,
  `PROXY UNKNOWN ${"1".repeat(95)}\r\n`,
  "GET / HTTP/1.1\r\n",
  "\u0010\u000c\u0000\u0004MQTT",
])("%j is no header", (line) => {
  expect(() => parseProxyHeader(Buffer.from(line))).toThrow(DecodeError);
});

describe("version 2", () => {
  it.each([
    ["TCP over IPv4", version2(0x21, 0x11, tcp4), "192.0.2.7"],
    ["TCP over IPv6", version2(0x21, 0x21, tcp6), "2001:db8::7"],
    ["attributes after the addresses", version2(0x21, 0x11, Buffer.concat([tcp4, attributes])), "192.0.2.7"],
    ["LOCAL, whatever it says besides", version2(0x20, 0x11, tcp4), undefined],
    ["LOCAL without addresses", version2(0x20, 0x00, Buffer.alloc(0)), undefined],
    ["no family", version2(0x21, 0x00, attributes), undefined],
    ["a UNIX socket", version2(0x21, 0x31, Buffer.alloc(216)), undefined],
    [
      "IPv4 inside IPv6",
      version2(0x21, 0x21, Buffer.concat([Buffer.from("00000000000000000000ffffc0000207", "hex"), tcp6.subarray(16)])),
      "192.0.2.7",
    ],
  ])("%s", (_name, header, address) => {
    expect(parseProxyHeader(Buffer.concat([header, Buffer.from("what follows")]))).toEqual({
      length: header.length,
      address,
    });
  });

  it.each([
    ["version 1 in binary", version2(0x11, 0x11, tcp4)],
    ["version 3", version2(0x31, 0x11, tcp4)],
    ["another command", version2(0x22, 0x11, tcp4)],
    ["UDP", version2(0x21, 0x12, tcp4)],
    ["an unknown family", version2(0x21, 0x41, tcp4)],
    ["addresses cut off", version2(0x21, 0x11, tcp4.subarray(0, 11))],
    ["IPv6 with the addresses of IPv4", version2(0x21, 0x21, tcp4)],
    ["more than is read", version2(0x21, 0x11, tcp4, 4096)],
    ["a signature that breaks off", Buffer.concat([signature.subarray(0, 11), Buffer.from("X")])],
  ])("%s is no header", (_name, header) => {
    expect(() => parseProxyHeader(header)).toThrow(DecodeError);
  });
});

it("is found as soon as it is whole, wherever the bytes are cut", () => {
  const headers = [
    Buffer.from("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"),
    Buffer.from("PROXY UNKNOWN\r\n"),
    version2(0x21, 0x11, Buffer.concat([tcp4, attributes])),
    version2(0x20, 0x00, Buffer.alloc(0)),
  ];
  for (const header of headers) {
    for (let cut = 1; cut < header.length; cut += 1) expect(parseProxyHeader(header.subarray(0, cut))).toBeUndefined();
    expect(parseProxyHeader(header)?.length).toBe(header.length);
  }
});

it("whatever comes, it is a header, none, or not whole yet", () => {
  const start = fc.constantFrom(signature, Buffer.from("PROXY "), Buffer.from("PROXY TCP4 "), Buffer.alloc(0));
  fc.assert(
    fc.property(start, fc.uint8Array({ minLength: 1, maxLength: 300 }), (head, bytes) => {
      const all = Buffer.concat([head, bytes]);
      let header;
      try {
        header = parseProxyHeader(all);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        return;
      }
      if (header !== undefined) expect(header.length).toBeLessThanOrEqual(all.length);
    }),
    { numRuns: propertyRuns(2000) },
  );
});
