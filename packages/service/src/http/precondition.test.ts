import { describe, expect, it } from "vitest";
import { etagOf, parsePrecondition, variantEtag } from "./precondition.ts";

describe("If-Match", () => {
  it("without a header is no condition", () => {
    expect(parsePrecondition({})).toBeUndefined();
  });

  it.each([
    [etagOf(3), [3]],
    ["3", [3]],
    [variantEtag(3, "c0ffee"), [3]],
    [' "3" ', [3]],
    ['"2", "3"', [2, 3]],
    ['"2",,"3" ,', [2, 3]],
    ['W/"3"', []],
    ['W/"3", "4"', [4]],
    ['"03"', []],
    ['"of-another-server,with-a-comma"', []],
    ["*", [1, 2, 3, 4]],
  ] as const)("%s matches the revisions %j of those from 1 to 4", (header, expected) => {
    const condition = parsePrecondition({ "if-match": header })!;
    expect([1, 2, 3, 4].filter((revision) => condition.holds(revision))).toEqual(expected);
    expect(condition.holds(undefined)).toBe(false);
  });

  it.each(["", " ", ",", "x", '"3', '3"', '"3" "4"', '*, "3"', 'w/"3"', '"3";"4"', "-3", "3.5"])(
    "%j is refused with 400",
    (header) => {
      const refused = expect.objectContaining({ status: 400, code: "invalid-if-match" });
      expect(() => parsePrecondition({ "if-match": header })).toThrow(refused);
      expect(() => parsePrecondition({ "if-none-match": header })).toThrow(refused);
    },
  );
});

describe("If-None-Match", () => {
  it.each([
    [etagOf(3), [1, 2, 4]],
    [variantEtag(3, "c0ffee"), [1, 2, 4]],
    ['W/"3", "4"', [1, 2]],
    ['"of-another-server"', [1, 2, 3, 4]],
    ["*", []],
  ] as const)("%s holds at the revisions %j of those from 1 to 4", (header, expected) => {
    const condition = parsePrecondition({ "if-none-match": header })!;
    expect([1, 2, 3, 4].filter((revision) => condition.holds(revision))).toEqual(expected);
    expect(condition.holds(undefined)).toBe(true);
  });

  it("and If-Match hold together", () => {
    const condition = parsePrecondition({ "if-match": '"2", "3"', "if-none-match": '"3"' })!;
    expect([1, 2, 3].filter((revision) => condition.holds(revision))).toEqual([2]);
  });
});
