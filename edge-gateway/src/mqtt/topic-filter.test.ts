import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandDeviceOf, filterMatches, isOwnTopic } from "./topic-filter.ts";

describe("what lies under a device's own topics", () => {
  test.each([
    "devices/a/telemetry",
    "devices/a/#",
    "devices/a/commands/+",
    "devices/a/+/x/#",
    "v1/devices/me/telemetry",
    "v1/devices/me/#",
  ])("%s does", (filter) => {
    expect(isOwnTopic("a", filter)).toBe(true);
  });

  test.each([
    "#",
    "+/a/#",
    "devices/+/telemetry",
    "devices/ab/telemetry",
    "devices/a",
    "devices/#",
    "$SYS/#",
    "v1/devices/+/telemetry",
    "v1/#",
    "x",
  ])("%s does not", (filter) => {
    expect(isOwnTopic("a", filter)).toBe(false);
  });

  test("an allowed filter matches no topic of another device", () => {
    const level = fc.constantFrom("devices", "a", "b", "+", "#", "commands", "telemetry", "v1", "me", "");
    const topicLevel = fc.constantFrom("devices", "a", "b", "commands", "telemetry", "v1", "me", "");
    fc.assert(
      fc.property(
        fc.array(level, { minLength: 1, maxLength: 5 }),
        fc.array(topicLevel, { minLength: 1, maxLength: 5 }),
        (filter, topic) => {
          const text = topic.join("/");
          if (!isOwnTopic("a", filter.join("/")) || !filterMatches(filter.join("/"), text)) return;
          expect(isOwnTopic("a", `${text}/`)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

test.each([
  ["devices/a/commands/+", "a"],
  ["devices/a/commands/#", "a"],
  ["devices/a/#", "a"],
  ["devices/a/+/+", "a"],
  ["devices/a/commands", undefined],
  ["devices/a/telemetry", undefined],
  ["devices/+/commands/+", undefined],
  ["#", undefined],
])("%s asks for the commands of %s", (filter, device) => {
  expect(commandDeviceOf(filter)).toBe(device);
});
