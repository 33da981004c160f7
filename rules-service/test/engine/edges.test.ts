import { describe, expect, it } from "vitest";
import { isoFromMicros } from "@headwater/core";
import { at } from "./harness.ts";
import { Partition } from "./partition.ts";

const devices = Array.from({ length: 700 }, (_, n) => `d-${String(n).padStart(3, "0")}`);

/** Many alerts are open when a maintenance window begins. */
function beforeTheEdge(): Partition {
  const p = new Partition();
  p.rule({ op: ">", threshold: 80 }, { id: "b" });
  p.rule({ op: ">", threshold: 70 }, { id: "a" });
  p.mark(0);
  p.maintenance("w", { from: isoFromMicros(at(100)), to: isoFromMicros(at(200)) });
  for (const device of devices) p.read(10, 90, { device });
  p.emitted();
  return p;
}

const told = (p: Partition): string[] => p.alerts().map(({ rule, device }) => `${rule} ${device}`);
const inOrder = ["a", "b"].flatMap((rule) => devices.map((device) => `${rule} ${device}`));

describe("the edge of a window with many open alerts", () => {
  it("is told in slices, by rules and devices", () => {
    const p = beforeTheEdge();
    p.mark(120);
    expect(p.engine.left).toBeDefined();
    const first = told(p);
    expect(first.length).toBeLessThan(500);
    const sizes: number[] = [];
    const rest: string[] = [];
    for (const _ of p.engine.left!) {
      const slice = told(p);
      sizes.push(slice.length);
      rest.push(...slice);
    }
    rest.push(...told(p));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
    expect([...first, ...rest]).toEqual(inOrder);
    expect(p.engine.left).toBeUndefined();
  });

  it("is told before whatever comes next, by those who do not ask for slices", () => {
    const p = beforeTheEdge();
    p.mark(120);
    p.read(130, 20, { device: "d-000" });
    expect(told(p)).toEqual([...inOrder, "a d-000", "b d-000"]);
  });
});
