import { expect, it } from "vitest";
import { filterOf } from "./audit-filter.ts";

it("takes from the address what the platform knows, and nothing else", () => {
  const filter = (search: string) => filterOf(new URLSearchParams(search));
  expect(filter("")).toEqual({});
  expect(filter("by=ann&kind=token&subject=%20ci%20&from=-1d")).toEqual({
    ...{ by: "ann", kind: "token", subject: "ci", from: "-1d" },
  });
  expect(filter("kind=__proto__&from=constructor&by=%20")).toEqual({});
});
