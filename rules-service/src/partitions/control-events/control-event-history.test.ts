import { expect, it } from "vitest";
import type { Device } from "@headwater/aggregates";
import type { OperatorAction, RuleChange } from "../../engine/engine.ts";
import type { MaintenanceDefinition } from "../../definition/maintenance.ts";
import type { ControlEvent } from "./control-events.ts";
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

/** A device as registered, or undefined as deleted. */
function device(offset: number, incarnation: number, isThere = true): PastControlEvent {
  const source = { topic: "devices.v1", partition: 0, offset };
  return {
    ...{ fromOffset: offset, warmFrom: offset, key: `${offset}` },
    event: {
      ...{ kind: "device", id: "d", source, incarnation, record: new Uint8Array(0) },
      device: isThere ? ({ id: "d" } as Device) : undefined,
    },
  };
}

function rule(offset: number, mode: RuleChange["mode"] = "deleted"): PastControlEvent {
  const source = { topic: "rules.v1", partition: 0, offset };
  const change = { rule: "r", revision: 1, mode, definition: {} as RuleChange["definition"] };
  return {
    ...{ fromOffset: offset, warmFrom: offset, key: `${offset}` },
    event: { kind: "rule", source, change },
  };
}

/** A maintenance window as it was written, or undefined as it was taken away. */
function window(offset: number, isThere = true): PastControlEvent {
  const source = { topic: "rules.v1", partition: 0, offset };
  const definition = isThere ? ({ id: "m" } as MaintenanceDefinition) : undefined;
  return {
    ...{ fromOffset: offset, warmFrom: offset, key: `${offset}` },
    event: { kind: "maintenance", source, id: "m", definition },
  };
}

const reached = { telemetryStart: 10, clock: 1000, devicesRead: 10 };

const kinds = (events: Iterable<ControlEvent>) => [...events].map(({ kind }) => kind);

const untils = (events: Iterable<unknown>) =>
  [...events].map((event) => (event as { action: OperatorAction }).action.until);

it("lets nothing come into force again where the removal of what is overtaken was cut off", () => {
  const past = [snooze(1, 5000), snooze(2, 9000), snooze(3, 0)];
  const keys = overtaken(past, reached);
  expect(keys).toHaveLength(3);
  for (let removed = 0; removed <= keys.length; removed++) {
    const left = past.filter(({ key }) => !keys.slice(0, removed).includes(key));
    expect(untils(inForce(left))).toEqual(removed === keys.length ? [] : [0]);
  }
});

it("leaves what is in force, and what the log of telemetry still reaches back to", () => {
  expect(overtaken([snooze(1, 5000), snooze(2, 9000)], reached)).toEqual(["1"]);
  expect(overtaken([snooze(1, 5000), snooze(20, 0)], reached)).toEqual([]);
});

it.each([
  ["is deleted", [device(1, 0), snooze(2, 9000), device(3, 1, false)]],
  ["is deleted and made anew", [device(1, 0), snooze(2, 9000), device(3, 1, false), device(4, 1)]],
  ["is another by the time that it takes effect again", [device(1, 0), snooze(2, 9000), device(4, 1)]],
  ["has a rule no more that was made anew", [snooze(2, 9000), rule(3), rule(4, "live")]],
])("lets no snooze come into force again of a device that %s, wherever the removal was cut off", (_name, past) => {
  const keys = overtaken(past, reached);
  expect(keys).toContain("2");
  for (let removed = 0; removed <= keys.length; removed++) {
    const left = past.filter(({ key }) => !keys.slice(0, removed).includes(key));
    expect(kinds(inForce(left))).not.toContain("operator");
  }
});

it("leaves nothing of a device that was deleted, once the checkpoint tells of that", () => {
  const past = [device(1, 0), device(2, 1, false)];
  expect(overtaken(past, reached)).toEqual(["1", "2"]);
  expect(overtaken(past, { ...reached, devicesRead: 2 })).toEqual(["1"]);
  expect(overtaken(past, { ...reached, telemetryStart: 1 })).toEqual([]);
});

it.each([
  ["a rule that was deleted", [rule(1, "live"), rule(2)]],
  ["a maintenance window that was taken away", [window(1), window(2, false)]],
])("leaves nothing of %s, and has nothing to do about it at a restart", (_name, past) => {
  expect(overtaken(past, reached)).toEqual(["1", "2"]);
  expect(overtaken(past, { ...reached, telemetryStart: 1 })).toEqual([]);
  expect(kinds(inForce(past))).toEqual([]);
  // However it was made anew since.
  const anew = past[0]!.event.kind === "rule" ? rule(3, "live") : window(3);
  expect(overtaken([...past, anew], reached)).toEqual(["1", "2"]);
  expect(kinds(inForce([...past, anew]))).toEqual([anew.event.kind]);
});
