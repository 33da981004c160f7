import { expect, it } from "vitest";
import { SeenDerivations } from "./seen-derivations.ts";

const at = (causeOffset: number, ordinal: number) => ({ causeOffset, ordinal });

it("takes each place once, in their order", () => {
  const seen = new SeenDerivations();
  const places = [at(5, 1), at(5, 2), at(9, 1), at(5, 1), at(5, 2), at(9, 1), at(9, 2), at(8, 7), at(10, 1)];
  const taken = places.map((place) => seen.accept(place, 100));
  expect(taken).toEqual([true, true, true, false, false, false, true, false, true]);
  expect(seen.last).toEqual(at(10, 1));
});

it("goes on from a place", () => {
  const seen = new SeenDerivations(at(5, 2));
  expect([seen.accept(at(5, 2), 100), seen.accept(at(5, 3), 100)]).toEqual([false, true]);
});

it("takes what has no place, and moves on by none of it", () => {
  const seen = new SeenDerivations();
  expect([seen.accept(at(0, 0), 3), seen.accept(at(0, 0), 4)]).toEqual([true, true]);
  // No record is derived of a later one.
  expect(seen.accept(at(2 ** 50, 1), 5)).toBe(true);
  expect(seen.last).toBeUndefined();
  // Of a control event before the record that it became itself.
  expect([seen.accept(at(6, 1), 6), seen.accept(at(6, 1), 7)]).toEqual([true, false]);
});
