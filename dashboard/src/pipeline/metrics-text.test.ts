import { expect, it } from "vitest";
import { sumsOf } from "./metrics-text.ts";

it("adds up a metric over its labels, and by its kind", () => {
  const sums = sumsOf(`# HELP a_total words 7
# TYPE a_total counter
a_total{kind="event",partition="0"} 3
a_total{partition="1",kind="event"} 4
a_total{kind="other"} 1e3
b 2
c{text="} 9 {kind=\\"x\\""} 5
d NaN
`);
  expect(Object.fromEntries(sums)).toMatchObject({
    a_total: 1007,
    "a_total event": 7,
    "a_total other": 1000,
    b: 2,
    c: 5,
  });
  expect(sums.has("d")).toBe(false);
});
