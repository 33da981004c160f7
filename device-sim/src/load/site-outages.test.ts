import { describe, expect, it } from "vitest";
import { fleetOf } from "../fleet/fleet.ts";
import { siteOutages } from "./site-outages.ts";

const outages = { sites: 3, every: "10s..20s", for: "1s..2s" };
const [profile] = fleetOf(
  { profiles: { meter: { devices: 9, connection: { outages } } } },
  import.meta.dirname,
).profiles;

function firstOf(device: string, seed = 1) {
  const drawn = siteOutages(seed, profile!, device);
  return Array.from({ length: 5 }, () => drawn.next().value);
}

describe("outages of a site", () => {
  it("are those of all its devices, and of no other site", () => {
    const sites = Map.groupBy(
      Array.from({ length: 9 }, (_, i) => i + 1),
      (number) => JSON.stringify(firstOf(`run-2-meter-${number}`)),
    );
    expect([...sites.values()]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect(firstOf("meter-1", 2)).not.toEqual(firstOf("meter-1", 1));
  });

  it("come one after the other, as often and as long as is said", () => {
    let before = 0;
    for (const { from, to } of firstOf("meter-4")) {
      expect(from - before).toBeGreaterThanOrEqual(10_000);
      expect(from - before).toBeLessThanOrEqual(20_000);
      expect(to - from).toBeGreaterThanOrEqual(1_000);
      expect(to - from).toBeLessThanOrEqual(2_000);
      before = to;
    }
  });
});
