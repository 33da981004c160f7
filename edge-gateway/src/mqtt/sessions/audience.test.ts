import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { filterMatches } from "../../devices/access/topic-filter.ts";
import { Audience } from "./audience.ts";

describe("who may be listening", () => {
  it("a device that listens to itself is no audience for another", () => {
    const audience = new Audience();
    const listener = {};
    audience.set(listener, ["devices/a/#"]);
    expect([audience.mayHear("devices/a/telemetry"), audience.mayHear("devices/b/telemetry")]).toEqual([true, false]);
    audience.set(listener, ["sites/north/#"]);
    expect([audience.mayHear("devices/a/telemetry"), audience.mayHear("sites/x")]).toEqual([false, true]);
    audience.set(listener, []);
    expect(audience.mayHear("sites/x")).toBe(false);
  });

  it("nobody who has subscribed to a topic is overlooked", () => {
    const level = fc.constantFrom("devices", "a", "b", "");
    const filter = fc
      .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([levels, open]) => [...levels, ...(open ? ["#"] : [])].join("/"));
    const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
    fc.assert(
      fc.property(fc.array(filter, { minLength: 1, maxLength: 3 }), topic, (filters, said) => {
        const audience = new Audience();
        audience.set("gone", ["#"]);
        audience.set("gone", []);
        filters.forEach((each, index) => audience.set(String(index), [each]));
        if (filters.some((each) => filterMatches(each, said))) expect(audience.mayHear(said)).toBe(true);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});
