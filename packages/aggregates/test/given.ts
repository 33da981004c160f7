import { events, type CommandInput, type AlertInput } from "@headwater/proto";
import {
  foldAlert,
  foldCommand,
  foldDevice,
  foldRule,
  type AlertState,
  type CommandState,
  type DeviceFold,
  type DeviceInput,
  type DeviceState,
  type RuleState,
} from "../src/index.ts";

/** Events pass through their codec, so that folds see them as readers of the log do. */
export function seenDevice(input: DeviceInput) {
  return events.device.decode(events.device.encode(input));
}

/** Appended a millisecond after it was decided. */
export function appendTimeOf({ updatedAt }: DeviceInput): number {
  return (updatedAt ?? 0) + 1000;
}

export function deviceAfter(...inputs: readonly DeviceInput[]): DeviceState | undefined {
  let state: DeviceState | undefined;
  for (const input of inputs) state = foldDevice(state, seenDevice(input), appendTimeOf(input)).state;
  return state;
}

/** Folds the last of the events and answers all that the fold says of it. */
export function deviceFold(...inputs: readonly DeviceInput[]): DeviceFold {
  const last = inputs.at(-1) as DeviceInput;
  return foldDevice(deviceAfter(...inputs.slice(0, -1)), seenDevice(last), appendTimeOf(last));
}

export const second = 1_000_000;
export const start = 1_780_000_000 * second;

/** Each command event is appended `seconds` after the start. */
export type TimedCommand = readonly [seconds: number, event: CommandInput];

export function commandAfter(...timed: readonly TimedCommand[]): CommandState | undefined {
  let state: CommandState | undefined;
  timed.forEach(([seconds, input], offset) => {
    const event = events.command.decode(events.command.encode({ commandId: "c1", device: "d1", ...input }));
    const at = { topic: "commands.v1", partition: 3, offset, appendTime: start + seconds * second };
    state = foldCommand(state, event, at);
  });
  return state;
}

export function alertAfter(...inputs: readonly AlertInput[]): AlertState | undefined {
  let state: AlertState | undefined;
  for (const input of inputs) {
    const complete = { alertId: "a1", rule: "hot", revision: 2, device: "d1", ...input };
    state = foldAlert(state, events.alert.decode(events.alert.encode(complete)));
  }
  return state;
}

export type RuleInput = Parameters<typeof events.rule.encode>[0];

export function ruleAfter(...inputs: readonly RuleInput[]): RuleState | undefined {
  let state: RuleState | undefined;
  for (const input of inputs) {
    state = foldRule(state, events.rule.decode(events.rule.encode({ rule: "hot", ...input }))).state;
  }
  return state;
}
