import fc from "fast-check";
import { expect, it } from "vitest";
import { metricOfField, numberField, textField } from "./field-names.ts";
import { pageOfFields } from "./latest-page.ts";

it("pages of metrics, put together, are all fields once, in order, no metric parted", async () => {
  const metric = fc.string({ unit: fc.constantFrom("a", "b", "_", "!", "_text"), minLength: 1, maxLength: 4 });
  const field = fc.tuple(metric, fc.boolean()).map(([name, isText]) => (isText ? textField(name) : numberField(name)));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(field, { maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      async (fields, limit) => {
        const read: string[] = [];
        for (let after: string | undefined; ;) {
          const { found, next } = await pageOfFields(fields, (each) => each, { after, limit });
          const metrics = [...new Set(found.map((each) => metricOfField(each).metric))];
          expect(metrics).toEqual(metrics.toSorted((a, b) => (a < b ? -1 : 1)));
          expect(metrics.length).toBeLessThanOrEqual(limit);
          expect(found.every((each) => after === undefined || metricOfField(each).metric > after)).toBe(true);
          read.push(...found);
          if (next === undefined) break;
          expect(metrics).toHaveLength(limit);
          after = next;
        }
        expect(read.toSorted()).toEqual(fields.toSorted());
      },
    ),
  );
});

it("of a hundred thousand are cut in slices", async () => {
  const fields = Array.from({ length: 100_000 }, (_, i) => `m${(i * 7919) % 100_000}`);
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 0);
  const { found, next } = await pageOfFields(fields, (each) => each, { limit: 1000 });
  clearInterval(counting);
  expect(found).toEqual(fields.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, 1000));
  expect(next).toBe(found.at(-1));
  expect(turns).toBeGreaterThan(2);
});
