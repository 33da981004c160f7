import { expect, it } from "vitest";
import { parse } from "yaml";
import { firstDraft } from "./first-draft.ts";

it("a first rule is on every device", () => {
  expect(parse(firstDraft(new URLSearchParams()))).toEqual({
    ...{ id: "new-rule", name: "New rule", severity: "warning" },
    condition: { metric: "temperature", above: 80 },
  });
});

it.each([
  ["thermometer-1", "temperature", "thermometer-1-temperature-high"],
  ["<b>: [x]", "a: b #c", "b-x-a-b-c-high"],
  ["🔥", "‮", "new-rule"],
])("a first rule of %s and %s is on these, whatever they are called", (device, metric, id) => {
  const search = new URLSearchParams({ device, metric, above: "23.7" });
  expect(parse(firstDraft(search))).toMatchObject({
    id,
    selector: { ids: [device] },
    condition: { metric, above: 23.7 },
  });
});
