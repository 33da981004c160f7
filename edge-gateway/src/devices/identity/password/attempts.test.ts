import { expect, it } from "vitest";
import { Attempts } from "./attempts.ts";

it("so many at once, then so many a second, by key; what is given back counts as never taken", () => {
  let now = 0;
  const attempts = new Attempts({ burst: 3, perSecond: 0.5 }, () => now);
  const tries = (key: string): boolean => {
    const may = attempts.mayTry(key);
    if (may) attempts.take(key);
    return may;
  };
  expect([tries("a"), tries("a"), tries("a"), tries("a")]).toEqual([true, true, true, false]);
  expect(tries("b")).toBe(true);
  now += 1999;
  expect(tries("a")).toBe(false);
  now += 1;
  expect([tries("a"), tries("a")]).toEqual([true, false]);
  attempts.giveBack("a");
  expect([tries("a"), tries("a")]).toEqual([true, false]);
  now += 3_600_000;
  expect([tries("a"), tries("a"), tries("a"), tries("a")]).toEqual([true, true, true, false]);
});

it("remembers no more keys than it has room for, the one that failed longest ago goes first", () => {
  const attempts = new Attempts({ burst: 1, perSecond: 0 }, () => 0);
  attempts.take("first");
  for (let i = 0; i < 20_000; i += 1) attempts.take(`key-${i}`);
  expect([attempts.mayTry("first"), attempts.mayTry("key-19999")]).toEqual([true, false]);
});
