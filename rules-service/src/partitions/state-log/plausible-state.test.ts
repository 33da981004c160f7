import { expect, it } from "vitest";
import { plausibleState, type StateEnds } from "./plausible-state.ts";
import type { RestoredCheckpoint, RestoredState } from "./state-fold.ts";

const ends: StateEnds = { telemetry: 10, devices: "devices.v1/0", sources: new Map([["devices.v1/0", 5]]) };

function restored(fields: Partial<RestoredCheckpoint>): RestoredState {
  const state = { clock: 0, lastTick: 0, gateways: [], seen: [] };
  const checkpoint = { epoch: 1, offset: 10, state, devicesRead: 5, stateLogOffset: 3, ...fields };
  return { checkpoint, states: [], effectives: [], claims: [], superseded: [] };
}

it.each([
  ["as far as the topics reach", {}, true],
  ["of telemetry that is not there", { offset: 11 }, false],
  ["of devices that are not there", { devicesRead: 6 }, false],
])("takes a checkpoint %s, or skips it", (_name, fields, isTaken) => {
  const skipped: number[] = [];
  const { checkpoint } = plausibleState(restored(fields), ends, (offset) => skipped.push(offset));
  expect(checkpoint !== undefined).toBe(isTaken);
  expect(skipped).toEqual(isTaken ? [] : [3]);
});
