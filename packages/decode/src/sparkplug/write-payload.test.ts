import { expect, it } from "vitest";
import { tahu } from "../../test/sparkplug-under-test.ts";
import { asksForRebirth, rebirthCommand } from "./payload.ts";
import { writePayload } from "./write-payload.ts";

const timestamp = 1_700_000_000_123;

it("what is written is what the Tahu project's decoder reads", () => {
  const bytes = writePayload({
    ...{ timestamp, seq: 255 },
    metrics: [
      { name: "bdSeq", isTyped: true, value: 200n },
      { name: "Wärme/außen", alias: 300, timestamp: timestamp - 1_000, isTyped: true, value: -21.57 },
      { name: "open", alias: 2, isTyped: true, value: false },
      { name: "mode", alias: 3, isTyped: true, value: "leer", isHistorical: true },
      { name: "not yet", alias: 4, isTyped: true, value: null },
    ],
  });
  const { seq, timestamp: time, metrics } = tahu.decodePayload(bytes);
  expect([Number(seq), Number(time)]).toEqual([255, timestamp]);
  expect(metrics!.map(({ name, type, value, alias }) => [name, type, String(value), Number(alias)])).toEqual([
    ["bdSeq", "UInt64", "200", NaN],
    ["Wärme/außen", "Double", "-21.57", 300],
    ["open", "Boolean", "false", 2],
    ["mode", "String", "leer", 3],
    ["not yet", "Double", "null", 4],
  ]);
  expect([Number(metrics![1]!.timestamp), metrics![3]!.isHistorical]).toEqual([timestamp - 1_000, true]);
});

it.each([0, 60, 400, 20_000])("is filled to %i bytes, and reads the same", (least) => {
  const metrics = [{ name: "t", isTyped: true, value: 1 }];
  const bytes = writePayload({ timestamp, seq: 1, metrics, least });
  expect(Math.abs(bytes.length - Math.max(least, writePayload({ timestamp, seq: 1, metrics }).length))).toBeLessThan(4);
  expect(tahu.decodePayload(bytes).metrics).toMatchObject([{ name: "t", value: 1 }]);
});

it("a command asks for a rebirth by its name and true", () => {
  const other = writePayload({ timestamp, metrics: [{ name: "Node Control/Rebirth", isTyped: true, value: false }] });
  expect([asksForRebirth(rebirthCommand(timestamp)), asksForRebirth(other)]).toEqual([true, false]);
});
