import { expect } from "vitest";
import { foldAlert, type AlertState } from "@headwater/aggregates";
import { alertTransition } from "@headwater/proto";
import { actionEvents, alertEvents, type Platform } from "./harness.ts";
import type { Receiver } from "./receiver.ts";

/** Every raise and end in the log was told, by distinct ids, and has an outcome in the log. Answers how many. */
export async function expectEachToldOnce(
  on: Pick<Platform, "log" | "topics" | "partitions">,
  receiver: Receiver,
): Promise<number> {
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
  const told = new Map<string, string>();
  for (const { id, body } of receiver.received) {
    const what = `${body.type} ${body.data.alert.id} ${body.data.transition}`;
    expect(told.get(id) ?? what).toBe(what);
    told.set(id, what);
  }
  expect([...told.values()].toSorted()).toEqual([...expected].toSorted());
  const ends = (await actionEvents(on)).filter(({ succeeded }) => succeeded !== null);
  expect(new Set(ends.map(({ actionId }) => actionId)).size).toBe(expected.size);
  return expected.size;
}
