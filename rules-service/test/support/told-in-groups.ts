import { expect } from "vitest";
import { actionEvents, type Platform } from "./harness.ts";
import type { Receiver } from "./receiver.ts";
import { transitions } from "./told.ts";

type On = Pick<Platform, "log" | "topics" | "partitions">;

/** What actions.v1 says of groups: whom each message that counts tells, and which messages have succeeded. */
async function groupsOf(on: On) {
  const waiting = new Map<string, string>();
  const tells = new Map<string, readonly string[]>();
  const toldBy = new Map<string, string>();
  const succeeded = new Set<string>();
  for (const event of await actionEvents(on)) {
    const { actionId, requested } = event;
    if (event.succeeded !== null) succeeded.add(actionId);
    if (requested?.group != null && !waiting.has(actionId)) {
      waiting.set(actionId, `alert.${requested.trigger} ${event.alertId} ${event.transition}`);
    }
    const message = requested?.message;
    if (message == null || tells.has(actionId) || message.told.some((id) => toldBy.has(id))) continue;
    tells.set(actionId, message.told);
    for (const id of message.told) toldBy.set(id, actionId);
  }
  return { waiting, tells, toldBy, succeeded };
}

/** Whether nothing is left to be told. */
export async function isAllToldInGroups(on: On): Promise<boolean> {
  const { waiting, tells, toldBy, succeeded } = await groupsOf(on);
  const expected = await transitions(on);
  return (
    waiting.size === expected.size && toldBy.size === waiting.size && [...tells.keys()].every((id) => succeeded.has(id))
  );
}

/**
 * Every raise and end in the log waited once and was told by one message, which the receiver knows under one id with
 * one content. Answers how many.
 */
export async function expectEachToldInOneGroup(on: On, receiver: Receiver): Promise<number> {
  const expected = await transitions(on);
  const { waiting, tells, toldBy } = await groupsOf(on);
  expect([...waiting.values()].toSorted()).toEqual([...expected].toSorted());
  expect([...toldBy.keys()].toSorted()).toEqual([...waiting.keys()].toSorted());
  const received = new Map<string, string>();
  for (const { id, text } of receiver.received) {
    expect(received.get(id) ?? text).toBe(text);
    received.set(id, text);
  }
  expect([...received.keys()].toSorted()).toEqual([...tells.keys()].toSorted());
  return expected.size;
}
