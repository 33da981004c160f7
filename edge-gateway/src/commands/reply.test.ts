import { DecodeError } from "@headwater/core";
import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeReply } from "./reply.ts";

const reply = (result: string) => decodeReply(Buffer.from(`{"status":"succeeded","result":${result}}`)).result;

it.each([
  ["1", "1"],
  ['{ "a" : [ true, null ] }', '{"a":[true,null]}'],
  ["9007199254740993", "9007199254740993"],
  // As devices write numbers and JSON has none: each of these ended the process.
  ["NaN", '"NaN"'],
  ["[Infinity, -inf]", '["Infinity","-Infinity"]'],
  [".5", "0.5"],
  ["5.", "5"],
  ["+5", "5"],
  ["[1e400, 1e-400]", '["1e400",1e-400]'],
  ['{"__proto__": {"x": 1}, "constructor": 2}', '{"__proto__":{"x":1},"constructor":2}'],
])("the result %s is kept as %s", (written, kept) => {
  expect(reply(written)).toBe(kept);
});

it("a byte order mark, and the NUL of a C string, belong to no result", () => {
  expect(decodeReply(Buffer.from('\uFEFF{"status":"failed","result":"x"}\0')).result).toBe('"x"');
});

it("a result nests as deep as it may, and is refused beyond", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(reply(deep(100))).toBe(deep(100));
  for (const levels of [101, 5000, 30_000]) expect(() => reply(deep(levels))).toThrow(DecodeError);
  expect(() => reply(`[1e400,${deep(15_000)}]`)).toThrow(DecodeError);
});

it("any bytes are a reply or a DecodeError", () => {
  const loose = fc.constantFrom("NaN", ".5", "5.", "+1", "1e400", "-inf", "9007199254740993", "\uFEFF", "\0", " ");
  const text = fc.oneof(fc.json(), loose, fc.string());
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.tuple(loose, text, loose).map((parts) => parts.join("")),
      ),
      (result) => {
        for (const payload of [result, `{"status":"failed","result":${result}}`]) {
          try {
            const told = decodeReply(Buffer.from(payload)).result;
            if (told !== "") expect(() => void JSON.parse(told)).not.toThrow();
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        }
      },
    ),
    { numRuns: propertyRuns(1000) },
  );
});
