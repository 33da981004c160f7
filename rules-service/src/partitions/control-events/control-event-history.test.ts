import { expect, it } from "vitest";
import type { OperatorAction } from "../../engine/engine.ts";
import { inForce, overtaken, type PastControlEvent } from "./control-event-history.ts";

/** A snooze of one alert; until 0 it ends the one before it. */
function snooze(offset: number, until: number): PastControlEvent {
  const action = {
    kind: "snoozed",
    alertId: "a",
    rule: "r",
    device: "d",
    at: 0,
    by: "me",
    writeId: "w",
    seen: 1,
    until,
  };
  const source = { topic: "alerts.v1", partition: 0, offset };
  return {
    ...{ fromOffset: offset, warmFrom: offset, key: `${offset}` },
    event: { kind: "operator", source, action: action as OperatorAction, record: new Uint8Array(0) },
  };
}

const untils = (events: Iterable<unknown>) =>
  [...events].map((event) => (event as { action: OperatorAction }).action.until);

it("lets nothing come into force again where the removal of what is overtaken was cut off", () => {
  const past = [snooze(1, 5000), snooze(2, 9000), snooze(3, 0)];
  const keys = overtaken(past, 10, 1000);
  expect(keys).toHaveLength(3);
  for (let removed = 0; removed <= keys.length; removed++) {
    const left = past.filter(({ key }) => !keys.slice(0, removed).includes(key));
    expect(untils(inForce(left))).toEqual(removed === keys.length ? [] : [0]);
  }
});

it("leaves what is in force, and what the log of telemetry still reaches back to", () => {
  expect(overtaken([snooze(1, 5000), snooze(2, 9000)], 10, 1000)).toEqual(["1"]);
  expect(overtaken([snooze(1, 5000), snooze(20, 0)], 10, 1000)).toEqual([]);
});
