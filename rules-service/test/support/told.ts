import { expect } from "vitest";
import { foldAlert, type AlertState } from "@headwater/aggregates";
import { alertTransition } from "@headwater/proto";
import { actionEvents, alertEvents, type Platform } from "./harness.ts";
import type { Receiver } from "./receiver.ts";

type On = Pick<Platform, "log" | "topics" | "partitions">;

/** Every raise and end in the log. */
export async function transitions(on: On): Promise<Set<string>> {
  const alerts = new Map<string, AlertState>();
  const expected = new Set<string>();
  for (const event of await alertEvents(on)) {
    const before = alerts.get(event.alertId);
    const after = foldAlert(before, event);
    if (after === undefined || after === before) continue;
    alerts.set(event.alertId, after);
    const kind = (event.kind as number) === alertTransition.raised ? "raised" : "cleared";
    expected.add(`alert.${kind} ${event.alertId} ${event.transition}`);
  }
  return expected;
}

async function succeededActions(on: On): Promise<Set<string>> {
  const ends = (await actionEvents(on)).filter(({ succeeded }) => succeeded !== null);
  return new Set(ends.map(({ actionId }) => actionId));
}

/** Whether nothing is left to be told. */
export async function isAllTold(on: On): Promise<boolean> {
  return (await succeededActions(on)).size === (await transitions(on)).size;
}

/** Every raise and end in the log was told, by distinct ids, and has an outcome in the log. Answers how many. */
export async function expectEachToldOnce(on: On, receiver: Receiver): Promise<number> {
  const expected = await transitions(on);
  const told = new Map<string, string>();
  for (const { id, body } of receiver.received) {
    const what = `${body.type} ${body.data.alert.id} ${body.data.transition}`;
    expect(told.get(id) ?? what).toBe(what);
    told.set(id, what);
  }
  expect([...told.values()].toSorted()).toEqual([...expected].toSorted());
  expect((await succeededActions(on)).size).toBe(expected.size);
  return expected.size;
}
