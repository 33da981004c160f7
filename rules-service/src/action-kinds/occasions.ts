import { alertTransition } from "@headwater/proto/event-types";
import type { Trigger } from "./triggers.ts";

/** What of a transition decides on actions. */
export interface ToldTransition {
  readonly kind: number;
  readonly amended: boolean;
  readonly shadow: boolean;
  readonly cause: string;
  readonly clearedAt: number;
  /** What held actions back. */
  readonly mutedBy: readonly string[];
  /** The engine's number; 0: a person's. */
  readonly transition: number;
  /** Of what people do: the last transition that they knew of; 0: it is not known. */
  readonly seen: number;
}

/** How far the actions of an episode have come. Immutable. */
export interface Course {
  /** It was raised in earnest. */
  readonly acted: boolean;
  /** With which transition, if that is not the first. */
  readonly since?: number;
  /** Those who were told of it were told of its end. */
  readonly ended: boolean;
  readonly retracted: boolean;
}

export const nothingActed: Course = { acted: false, ended: false, retracted: false };

const none: readonly Trigger[] = [];
const onRaise: readonly Trigger[] = ["raised"];
const onEnd: readonly Trigger[] = ["cleared"];
/** Most courses are one of these, and one object each does for all of them. */
const actedAtOnce: Course = { acted: true, ended: false, retracted: false };
const endedAsTold: Course = { acted: true, ended: true, retracted: false };

/**
 * What the next transition of an episode sets off; of several an action answers the first that it names. Late data and
 * rules in shadow sound no siren. What began in earnest is ended for those who were told, once, however it ends; what
 * turns out never to have been is retracted, once. What begins while something holds actions back is told when nothing
 * does any more, if it is open then, and so is what was told before; ends are told regardless.
 */
export function follow(
  course: Course,
  event: ToldTransition,
): { readonly course: Course; readonly triggers: readonly Trigger[] } {
  const { kind } = event;
  const earnest = !event.amended && !event.shadow && event.mutedBy.length === 0;
  if (kind === alertTransition.raised && earnest) {
    return course.acted ? { course, triggers: none } : { course: begun(course, event), triggers: onRaise };
  }
  if (kind === alertTransition.unmuted && earnest) return { course: begun(course, event), triggers: ["raised"] };
  if (!course.acted) return { course, triggers: none };
  if (kind === alertTransition.escalated && earnest) return { course, triggers: ["escalated"] };
  if (kind === alertTransition.deescalated && earnest) return { course, triggers: ["deescalated"] };
  if (kind === alertTransition.acknowledged && !event.shadow) {
    return { course, triggers: knewThatItActed(event, course) && !course.ended ? ["acknowledged"] : none };
  }
  if (!isEnd(event)) return { course, triggers: none };
  if (course === actedAtOnce && event.cause !== "retracted") return { course: endedAsTold, triggers: onEnd };
  const retracts = event.cause === "retracted";
  const triggers: Trigger[] = [];
  if (retracts && !course.retracted) triggers.push("retracted");
  if (!course.ended) triggers.push("cleared");
  return { course: { ...course, ended: true, retracted: course.retracted || retracts }, triggers };
}

function begun(course: Course, { transition }: ToldTransition): Course {
  const { acted, ended, retracted } = course;
  if (acted) return course;
  if (transition <= 1 && !ended && !retracted) return actedAtOnce;
  return transition > 1 ? { acted: true, since: transition, ended, retracted } : { acted: true, ended, retracted };
}

/** What the last of an alert's accepted events sets off. */
export function triggersOf(history: readonly ToldTransition[]): readonly Trigger[] {
  let course = nothingActed;
  let last = none;
  for (const event of history) {
    ({ course, triggers: last } = follow(course, event));
    // The engine may have told more before it heard of that.
    if (isEndByHand(event)) return event === history.at(-1) ? last : none;
  }
  return last;
}

/** An operator action takes effect later than it is written: what the engine tells meanwhile comes behind it. */
function knewThatItActed({ seen }: ToldTransition, { since = 1 }: Course): boolean {
  return seen === 0 || since <= seen;
}

function isEndByHand({ kind, transition, cause }: ToldTransition): boolean {
  return kind === alertTransition.cleared && transition === 0 && cause === "hand";
}

function isEnd({ kind, clearedAt, cause }: ToldTransition): boolean {
  if (kind === alertTransition.cleared) return true;
  return kind === alertTransition.amended && (clearedAt !== 0 || cause === "retracted");
}
