import { uuidv5 } from "@headwater/core";

/** The name space of Headwater's alert and command ids; never changes. */
export const namespace = "5f0e6c3a-7d0b-5c62-9f43-2a8d1b6e4c17";

/** The id of an episode: the same rule, device and arming reading give the same id, whoever evaluates the log. */
export function alertIdOf(rule: string, device: string, armingReading: string): string {
  return uuidv5(JSON.stringify(["alert", rule, device, armingReading]), namespace);
}

/** The id of the command that an action of an episode's transition asks for, by which its readers drop repetitions. */
export function commandIdOf(alertId: string, transition: number, action: number): string {
  return uuidv5(JSON.stringify(["command", alertId, transition, action]), namespace);
}
