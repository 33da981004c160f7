import { describe, expect, it } from "vitest";
import { etagOf, parseIfMatch } from "./if-match.ts";

describe("If-Match", () => {
  it("without a header is no condition", () => {
    expect(parseIfMatch(undefined)).toBeUndefined();
  });

  it.each([
    [etagOf(3), [3]],
    ["3", [3]],
    [' "3" ', [3]],
    ['"2", "3"', [2, 3]],
    ['"2",,"3" ,', [2, 3]],
    ['W/"3"', []],
    ['W/"3", "4"', [4]],
    ['"03"', []],
    ['"of-another-server,with-a-comma"', []],
    ["*", [1, 2, 3, 4]],
  ] as const)("%s matches the revisions %j of those from 1 to 4", (header, expected) => {
    const condition = parseIfMatch(header)!;
    expect([1, 2, 3, 4].filter((revision) => condition.matches(revision))).toEqual(expected);
    expect(condition.matches(undefined)).toBe(false);
  });

  it.each(["", " ", ",", "x", '"3', '3"', '"3" "4"', '*, "3"', 'w/"3"', '"3";"4"', "-3", "3.5"])(
    "%j is refused with 400",
    (header) => {
      expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ status: 400, code: "invalid-if-match" }));
    },
  );
});
