import { expect, it } from "vitest";
import { SeenIdentities } from "./seen-identities.ts";

const day = 86_400_000_000;
const gatewaysOf = (seen: SeenIdentities): readonly string[] => seen.checkpoint().map(({ gateway }) => gateway);

it("forgets a gateway that has been away for a month, and no other", () => {
  const seen = new SeenIdentities();
  seen.accept("gone", 1, 5, day);
  seen.accept("quiet", 1, 5, 15 * day);
  seen.accept("here", 1, 5, 30 * day);
  expect(gatewaysOf(seen)).toEqual(["gone", "quiet", "here"]);
  const restored = new SeenIdentities();
  restored.restore(seen.checkpoint());
  restored.accept("here", 1, 6, 40 * day);
  expect(gatewaysOf(restored)).toEqual(["quiet", "here"]);
  expect(restored.accept("quiet", 1, 5, 40 * day)).toBe(false);
});

it("counts the time of a gateway whose last record nobody noted from when it is restored", () => {
  const seen = new SeenIdentities();
  seen.restore([{ gateway: "old", epoch: 1, n: 7 }]);
  seen.accept("here", 1, 1, 100 * day);
  expect(gatewaysOf(seen)).toEqual(["old", "here"]);
  seen.accept("here", 1, 2, 131 * day);
  expect(gatewaysOf(seen)).toEqual(["here"]);
});
