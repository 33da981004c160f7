import { expect, it } from "vitest";
import { addressGroup, plainAddress } from "./address.ts";

it.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::ffff:c000:207", "192.0.2.7"],
  ["2001:DB8:0:0:0:0:0:7", "2001:db8::7"],
  ["fe80::1%eth0", "fe80::1"],
  ["::1", "::1"],
  ["", ""],
])("%s is %s", (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

it("a client is an IPv4 address, or a /64 network", () => {
  expect(addressGroup("192.0.2.7")).toBe("192.0.2.7");
  for (const same of ["2001:db8::7", "2001:db8::ffff:1:2:3", "2001:db8:0:0:9::"]) {
    expect(addressGroup(same)).toBe("2001:db8:0:0");
  }
  expect(addressGroup("2001:db8:0:1::7")).toBe("2001:db8:0:1");
  expect(addressGroup("1:2:3:4:5:6:7:8")).toBe("1:2:3:4");
  expect(addressGroup("::1")).toBe("0:0:0:0");
  expect(addressGroup("a::")).toBe("a:0:0:0");
});
