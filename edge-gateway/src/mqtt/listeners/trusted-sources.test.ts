import { ConfigError } from "@headwater/core";
import { expect, it } from "vitest";
import { trustedSources } from "./trusted-sources.ts";

it("are addresses and networks of both families", () => {
  const trusted = trustedSources("X", ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"]);
  for (const address of ["10.255.0.1", "192.0.2.7", "2001:db8:1::9", "::1"])
    expect(trusted(address), address).toBe(true);
  for (const address of ["11.0.0.1", "192.0.2.8", "2001:db9::1", "::2", ""])
    expect(trusted(address), address).toBe(false);
});

it("are all where none is named", () => {
  expect(trustedSources("X", [])("203.0.113.9")).toBe(true);
});

it.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "ten", "::/129", "10.0.0.0/-1", "10.0.0.0/1e1"])(
  "%s is a mistake",
  (item) => {
    expect(() => trustedSources("THE_SETTING", [item])).toThrow(ConfigError);
    expect(() => trustedSources("THE_SETTING", [item])).toThrow(/THE_SETTING/);
  },
);
