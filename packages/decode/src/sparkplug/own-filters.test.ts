import fc from "fast-check";
import { expect, it } from "vitest";
import { DeviceTemplate } from "../device-template.ts";
import { isOwnCommandFilter, separatorOfNodes } from "./own-filters.ts";

it.each([
  ["plant:line1", "spBv1.0/plant/NCMD/line1", true],
  ["plant:line1", "spBv1.0/plant/DCMD/line1/+", true],
  ["plant:line1", "spBv1.0/plant/DCMD/line1/#", true],
  ["plant:line1", "spBv1.0/plant/DCMD/line1/motor", true],
  ["a%3Ab:line1", "spBv1.0/a:b/NCMD/line1", true],
  ["a%3ab:line1", "spBv1.0/a:b/NCMD/line1", false],
  ["%41b:line1", "spBv1.0/Ab/NCMD/line1", false],
  ["a%:line1", "spBv1.0/a%/NCMD/line1", false],
  ["plant:line1", "spBv1.0/plant/NCMD/line2", false],
  ["plant:line1", "spBv1.0/plant/NCMD/+", false],
  ["plant:line1", "spBv1.0/plant/+/line1", false],
  ["plant:line1", "spBv1.0/+/NCMD/line1", false],
  ["plant:line1", "spBv1.0/plant/DCMD/line1/", false],
  ["plant:line1", "spBv1.0/plant/DCMD/#", false],
  ["plant:line1", "spBv1.0/#", false],
  ["plant:line1:motor", "spBv1.0/plant/NCMD/line1:motor", false],
  ["plant", "spBv1.0/plant/NCMD/", false],
  ["%2B:%23", "spBv1.0/+/NCMD/#", false],
  [":", "spBv1.0//NCMD/", false],
])("%s may subscribe to %s: %s", (device, filter, allowed) => {
  expect(isOwnCommandFilter(device, filter)).toBe(allowed);
});

const template = new DeviceTemplate("{group}:{node}", separatorOfNodes);

it("the node that the topics name is the only one that may", () => {
  const part = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", ":", "%", "2", "f", "+", "#") });
  fc.assert(
    fc.property(part, part, part, part, (group, node, otherGroup, otherNode) => {
      const id = (g: string, n: string) =>
        template.idOf(
          new Map([
            ["group", g],
            ["node", n],
          ]),
        );
      const same = group === otherGroup && node === otherNode;
      const plain = !/[+#]/.test(group + node);
      expect(isOwnCommandFilter(id(otherGroup, otherNode), `spBv1.0/${group}/NCMD/${node}`)).toBe(same && plain);
    }),
  );
});
