import { expect, it } from "vitest";
import { hexLines } from "./hex-lines.ts";

it("shows sixteen bytes a line beside what can be printed of them", () => {
  const { lines, leftOut } = hexLines("7b2274223a00c3a97d2030313233343536373839");
  expect(lines).toEqual([
    { offset: "0000", hex: "7b 22 74 22 3a 00 c3 a9 7d 20 30 31 32 33 34 35", text: '{"t":···} 012345' },
    { offset: "0010", hex: "36 37 38 39", text: "6789" },
  ]);
  expect(leftOut).toBe(0);
});

it("shows no more of a large message than anybody reads, and counts the rest", () => {
  const { lines, leftOut } = hexLines("00".repeat(1_000_000));
  expect(lines.length * 16 + leftOut).toBe(1_000_000);
  expect(lines).toHaveLength(256);
});

it("has no line of nothing", () => expect(hexLines("")).toEqual({ lines: [], leftOut: 0 }));
