import { uuidv5 } from "@headwater/core";

/** The name space of Headwater's alert and command ids; never changes. */
export const namespace = "5f0e6c3a-7d0b-5c62-9f43-2a8d1b6e4c17";

export interface AlertOrigin {
  readonly rule: string;
  /**
   * The control event that began the rule, or ended it before, and the registration of the device: what an instant has
   * shown of one registration is another alert under the next.
   */
  readonly grounding: string;
  readonly device: string;
  /** Identity of the reading, or the instant, that began it. */
  readonly cause: string;
  /** Judged time at which it was first told to have been raised. */
  readonly raisedAt: number;
}

/** The id of an episode: the same log gives the same id, whoever evaluates it, and no two episodes share one. */
export function alertIdOf({ rule, grounding, device, cause, raisedAt }: AlertOrigin): string {
  return uuidv5(JSON.stringify(["alert", rule, grounding, device, cause, raisedAt]), namespace);
}

/**
 * The id of the command that an action of an episode's transition asks for, by which its readers drop repetitions. An
 * operator action has its write id in place of a transition. `action`: its number among those of its rule.
 */
export function commandIdOf(alertId: string, transition: number | string, action: number, repetition = 0): string {
  return uuidv5(JSON.stringify(["command", alertId, transition, action, repetition]), namespace);
}
