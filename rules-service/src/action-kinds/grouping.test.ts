import { expect, it } from "vitest";
import { deviceValues, groupedByDevice, groupKeyOf, groupValues, normaliseGrouping } from "./grouping.ts";

const device = { type: "boiler", tags: { site: "north" }, attributes: { floor: 2, "a.b": true } };

it("takes of a device what it is grouped by, as text", () => {
  const grouping = normaliseGrouping({ groupBy: ["rule", "type", "tags.site", "attributes.floor", "attributes.a.b"] })!;
  const names = groupedByDevice([{ group: grouping }, { group: grouping }, {}]);
  expect(names).toEqual(["attributes.a.b", "attributes.floor", "tags.site", "type"]);
  expect(deviceValues(names, device)).toEqual({
    ...{ "attributes.a.b": "true", "attributes.floor": "2", "tags.site": "north", type: "boiler" },
  });
  expect(deviceValues(["tags.toString", "tags.other", "attributes.__proto__"], device)).toEqual({});
  expect(deviceValues(names, undefined)).toEqual({});
});

it("what an alert has not is empty, whatever it is called", () => {
  const grouping = normaliseGrouping({
    groupBy: ["labels.team", "labels.toString", "tags.site", "severity", "device"],
  })!;
  const member = { rule: "hot", device: "boiler-1", severity: "critical", labels: { team: "heat" }, ofDevice: {} };
  expect(groupValues(grouping, member)).toEqual({
    ...{ "labels.team": "heat", "labels.toString": "", "tags.site": "", severity: "critical", device: "boiler-1" },
  });
});

it("a group is one of the same place and values, whichever of `on` it answers", () => {
  const group = normaliseGrouping({ groupBy: ["rule"] })!;
  const action = {
    kind: "webhook",
    url: "https://a.example",
    on: ["raised"],
    repeat: 0,
    repeatAcknowledged: false,
    group,
  };
  const key = groupKeyOf(action, { rule: "hot" });
  expect(groupKeyOf({ ...action, on: ["cleared"], repeat: 9, repeatAcknowledged: true }, { rule: "hot" })).toBe(key);
  expect(groupKeyOf(action, { rule: "cold" })).not.toBe(key);
  expect(groupKeyOf({ ...action, url: "https://b.example" }, { rule: "hot" })).not.toBe(key);
  expect(groupKeyOf({ ...action, group: { ...group, wait: 1 } }, { rule: "hot" })).not.toBe(key);
});
