import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { attributeOfCell, cellOfAttribute, cellOfText, textOfCell } from "./device-cells.ts";

const tricky = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^['"=+\-@\t,;\r\n0-9.eE]{1,8}$/),
  fc.constantFrom("true", "false", "007", "1.50", "-1", '"x"', "'=1", "''=1", "'", '"', "12345678901234567890", "NaN"),
);
/** As a spreadsheet or an import reads it. */
const cellsOf = (text: string): string[] => parse(text, { record_delimiter: ["\r\n"] })[0]!;

it("texts come back as they were, and none of them is a formula", () => {
  fc.assert(
    fc.property(tricky, (text) => {
      const [cell] = cellsOf(`${cellOfText(text)},x\r\n`);
      expect(textOfCell(cell!)).toBe(text);
      expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
    }),
  );
});

it("attributes come back as they were, of the type that they had", () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
  fc.assert(
    fc.property(fc.oneof(tricky, fc.boolean(), fc.integer(), numbers), (value) => {
      const [cell] = cellsOf(`${cellOfAttribute(value)},x\r\n`);
      // An empty cell says nothing.
      if (value !== "") expect(attributeOfCell(cell!)).toBe(value);
      if (typeof value === "string") expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
    }),
  );
});

it("a number that a double cannot hold, or that is written with zeros, is the text that it is", () => {
  expect(["12345678901234567890", "007", "+1", "1.50", "-3", "1e3"].map(attributeOfCell)).toEqual([
    "12345678901234567890",
    "007",
    "+1",
    1.5,
    -3,
    1000,
  ]);
});
