import { expect, it } from "vitest";
import { keptText } from "./kept-text.ts";

const [spring, summer, autumn] = ["2026-03-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z"];
const said = (iso: string) => new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

it("says from when on there are points, and what stands for them before", () => {
  const classes = [
    { class: "hour", from: spring, to: summer },
    { class: "raw", from: summer, to: autumn },
  ] as const;
  const text = keptText(classes, Date.parse(spring));
  expect(text).toBe(
    `The time shown reaches beyond the points that are kept: hours from ${said(spring)}, then points from ${said(summer)}.`,
  );
});

it("says where nothing is kept, in a part of the range or in all of it", () => {
  const text = keptText([{ class: "raw", from: summer, to: autumn }], Date.parse(spring));
  expect(text).toMatch(/points from .*\. Nothing older is kept\.$/);
  expect(keptText([], Date.parse(spring))).toBe("Nothing of this time is kept any more.");
});
