import { expect, it } from "vitest";
import { glance } from "./glance.ts";

it("shows a number to be read at a glance", () => {
  expect(
    [71.3272, 0.000123456, 1_234_567, 1_234.56, -3].map((value) => glance(value).replaceAll(/[,.\s]/g, "'")),
  ).toEqual([...["71'33", "0'0001235", "1'234'567", "1'235", "-3"]]);
});
