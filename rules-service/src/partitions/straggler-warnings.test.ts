import { expect, it } from "vitest";
import { stragglerWarnings } from "./straggler-warnings.ts";

const minute = 60_000_000;

it("names every gateway once, with the partition in which it is furthest behind", () => {
  const warnings = stragglerWarnings([
    { partition: 0, stragglers: [{ gateway: "a", behind: 2 * minute }] },
    {
      partition: 3,
      stragglers: [
        { gateway: "a", behind: 61.2 * minute },
        { gateway: "b", behind: minute },
      ],
    },
  ]);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^gateway a is 1h1m12s behind in partition 3 /);
  expect(warnings[1]).toMatch(/^gateway b is 1m behind in partition 3 /);
});

it("names no more than five", () => {
  const stragglers = Array.from({ length: 20 }, (_, index) => ({ gateway: `g${index}`, behind: minute }));
  const warnings = stragglerWarnings([{ partition: 0, stragglers }]);
  expect(warnings).toHaveLength(6);
  expect(warnings[5]).toBe("15 more gateways are behind");
});
