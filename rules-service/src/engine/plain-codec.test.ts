import fc from "fast-check";
import { expect, it } from "vitest";
import { readPlain, writePlain } from "./plain-codec.ts";
import { StateReader, StateWriter } from "./state-bytes.ts";

const writer = new StateWriter();

function written(value: unknown, before?: unknown): Uint8Array {
  writePlain(writer.begin(), value, before);
  return Uint8Array.from(writer.done());
}

/** What whoever read `before` makes of it. */
function readAgain(value: unknown, before?: unknown): unknown {
  const known = before === undefined ? undefined : readPlain(new StateReader(written(before)));
  const reader = new StateReader(written(value, before));
  const read = readPlain(reader, known);
  reader.end();
  return read;
}

const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -1e6, max: 1e6 }).map((each) => each / 100),
  fc.constantFrom(-0, 0.1 + 0.2, Number.MAX_VALUE, 5e-324, 2 ** 48, -(2 ** 48), 2 ** 53 - 1, 1 - 2 ** 53),
);
const numbers = fc.array(number, { maxLength: 40 });
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    numbers,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "closed", "__proto__"), tie("value"), { noNullPrototype: true }),
  ),
})).value;

it("comes back as it was written, whatever was before it", () => {
  fc.assert(
    fc.property(plain, fc.option(plain, { nil: undefined }), (value, before) => {
      expect(readAgain(value, before)).toStrictEqual(value);
      expect(readAgain(value, value)).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});

it("comes back where it goes on from a list that lost its oldest and has more", () => {
  fc.assert(
    fc.property(numbers, fc.nat(5), numbers, (before, lost, more) => {
      const value = [...before.slice(lost), ...more];
      expect(readAgain(value, before)).toStrictEqual(value);
      expect(readAgain({ closed: value, open: more }, { closed: before, open: more })).toStrictEqual({
        closed: value,
        open: more,
      });
    }),
    { numRuns: 500 },
  );
});

/** Panes of a mean as a window of five minutes has them. */
function panes(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, pane) => [first + pane, 101.25 + ((first + pane) % 7), 0, 5]).flat();
}

it("takes a few bytes for a pane, and fewer where most panes were in the list before", () => {
  const before = panes(340_000_000, 60);
  expect(written(before).length).toBeLessThan(60 * 8);
  expect(written(panes(340_000_001, 60), before).length).toBeLessThan(24);
});
