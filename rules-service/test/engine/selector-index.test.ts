import type { Device } from "@headwater/aggregates";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Rule } from "../../src/engine/rule.ts";
import { SelectorIndex } from "../../src/engine/selector-index.ts";

const word = fc.constantFrom("a", "b", "ab", "ba", "constructor");
const pattern = fc
  .array(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.join(""));
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 3 });

const selector = fc.record(
  {
    ids: some(fc.oneof(word, pattern)),
    types: some(word),
    tags: fc.dictionary(word, fc.oneof(word, some(word)), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);

const device = fc.record({
  id: word,
  registered: fc.option(fc.record({ type: word, tags: fc.dictionary(word, word, { maxKeys: 2 }) }), { nil: undefined }),
});

function ruleOf(each: object, place: number): Rule {
  const id = `rule-${place}`;
  const definition = { id, selector: each, condition: { metric: "m", op: ">", threshold: 1 } } as const;
  return new Rule({ rule: id, revision: 1, mode: "live", definition });
}

it("an index of selectors finds the rules that select a device, and no other, in order of their ids", () => {
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 12 }), fc.array(fc.nat(11)), device, (selectors, removed, each) => {
      const rules = selectors.map(ruleOf);
      const index = new SelectorIndex();
      for (const rule of rules.toReversed()) index.add(rule);
      const gone = new Set(removed.map((place) => rules[place]).filter((rule) => rule !== undefined));
      for (const rule of gone) index.delete(rule);
      const registered = each.registered as Device | undefined;
      const expected = rules
        .filter((rule) => !gone.has(rule) && rule.selects(each.id, registered))
        .map(({ id }) => id)
        .toSorted();
      expect(index.of(each.id, registered).map(({ id }) => id)).toEqual(expected);
      expect(index.some(each.id, registered)).toBe(expected.length > 0);
    }),
    { numRuns: 2000 },
  );
});

it("a device that no selector names is compared with none of them", () => {
  const index = new SelectorIndex();
  let compared = 0;
  for (let place = 0; place < 1000; place++) {
    const named = [
      { ids: [`device-${place}`] },
      { ids: [`site-${place}-*`] },
      { types: [`type-${place}`] },
      { tags: { site: `s${place}` } },
    ][place % 4]!;
    const rule = ruleOf(named, place);
    const { selects } = rule;
    rule.selects = (...which) => {
      compared++;
      return selects.apply(rule, which);
    };
    index.add(rule);
  }
  const stranger = { type: "other", tags: { site: "elsewhere" } } as unknown as Device;
  expect(index.of("stranger", stranger)).toEqual([]);
  expect(compared).toBe(0);
  expect(index.of("site-1-north", undefined).map(({ id }) => id)).toEqual(["rule-1"]);
  expect(compared).toBe(1);
});
