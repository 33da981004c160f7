import { contentOf } from "../action-kinds/action-numbers.ts";
import type { NormalAction } from "../action-kinds/kinds.ts";
import { nothingActed, type Course } from "../action-kinds/occasions.ts";
import { repeatable } from "../action-kinds/repeat.ts";
import type { Trigger } from "../action-kinds/triggers.ts";

/** An action of a rule that is done again while an episode is open. */
export interface Repeating {
  /** What it is called in ids. */
  readonly action: number;
  /** The transition that it answered. */
  readonly transition: number;
  /** When it was due last, on the log's clock. */
  readonly last: number;
  /** How often it has come due again. */
  readonly count: number;
}

/** How far the actions of an episode have come. Immutable plain data. */
export interface EpisodeActions {
  readonly course: Course;
  readonly acknowledged: boolean;
  readonly repeating: readonly Repeating[];
}

export const noActions: EpisodeActions = { course: nothingActed, acknowledged: false, repeating: [] };

/** Of episodes without anything to repeat: there are few, and one object for each does for all episodes. */
const alike = new Map<number, EpisodeActions>();

export function withCourse(actions: EpisodeActions, course: Course): EpisodeActions {
  const { acknowledged, repeating } = actions;
  if (repeating.length > 0 || course.since !== undefined) return { ...actions, course };
  const { acted, ended, retracted } = course;
  const key = (acted ? 1 : 0) | (ended ? 2 : 0) | (retracted ? 4 : 0) | (acknowledged ? 8 : 0);
  let known = alike.get(key);
  if (known === undefined) alike.set(key, (known = { course, acknowledged, repeating }));
  return known;
}

/** The actions of a rule, and what each of them is called in ids. */
export interface NamedActions {
  readonly actions: readonly NormalAction[];
  readonly actionNumbers: readonly number[];
}

/** The actions that answer a transition are repeated from then on; what is acknowledged is seen. */
export function repeatedFrom(
  before: EpisodeActions,
  { actions, actionNumbers }: NamedActions,
  triggers: readonly Trigger[],
  transition: number,
  now: number,
): EpisodeActions {
  const begun = actions.flatMap(({ on, repeat }, place) => {
    const action = actionNumbers[place]!;
    const trigger = repeat > 0 ? triggers.find((each) => on.includes(each)) : undefined;
    return trigger === undefined || !repeatable.includes(trigger) ? [] : [{ action, transition, last: now, count: 0 }];
  });
  if (begun.length === 0) return before;
  const others = before.repeating.filter((each) => !begun.some(({ action }) => action === each.action));
  return { ...before, repeating: [...others, ...begun].toSorted((a, b) => a.action - b.action) };
}

/**
 * An open episode goes on under other actions: what repeats there counts on, wherever in the list it stands by now and
 * however often it is done, and what repeats only now counts from now. `transition`: the last that was told.
 */
export function goneOn(
  before: EpisodeActions,
  former: NamedActions,
  { actions, actionNumbers }: NamedActions,
  transition: number,
  now: number,
): EpisodeActions {
  if (!before.course.acted || before.course.ended) return before;
  const repeating = [...before.repeating];
  const formerly = formerPlaces(former, { actions, actionNumbers });
  for (const [place, { repeat }] of actions.entries()) {
    if (repeat === 0) continue;
    const action = actionNumbers[place]!;
    const was = formerly[place]!;
    if ((former.actions[was]?.repeat ?? 0) > 0) {
      const known = repeating.findIndex((each) => each.action === former.actionNumbers[was]);
      if (known >= 0) repeating[known] = { ...repeating[known]!, action };
      continue;
    }
    const known = repeating.findIndex((each) => each.action === action);
    // What repeated once before goes on with its numbers, which are part of ids.
    if (known >= 0) repeating[known] = { ...repeating[known]!, last: now };
    else repeating.push({ action, transition, last: now, count: 0 });
  }
  return { ...before, repeating: repeating.toSorted((a, b) => a.action - b.action) };
}

/** Where each action stood before: the one of its number, or, if that went by places, one of its content; or -1. */
function formerPlaces(former: NamedActions, { actions, actionNumbers }: NamedActions): readonly number[] {
  const places = actionNumbers.map((number) => former.actionNumbers.indexOf(number));
  const contents = former.actions.map(contentOf);
  return places.map((known, place) => {
    if (known >= 0) return known;
    const content = contentOf(actions[place]!);
    const found = contents.findIndex((each, at) => each === content && !places.includes(at));
    if (found >= 0) places[place] = found;
    return found;
  });
}

/** When the next repetition is due on the log's clock; infinite if there is none. */
export function nextRepetition({ acknowledged, repeating }: EpisodeActions, of: NamedActions): number {
  let next = Infinity;
  for (const { action, last } of repeating) {
    const { repeat = 0, repeatAcknowledged = false } = named(of, action) ?? {};
    if (repeat > 0 && (!acknowledged || repeatAcknowledged)) next = Math.min(next, last + repeat);
  }
  return next;
}

function named({ actions, actionNumbers }: NamedActions, number: number): NormalAction | undefined {
  return actions[actionNumbers.indexOf(number)];
}

export interface Repetition extends Repeating {
  /** When the one after it is due. */
  readonly until: number;
}

/** What is due by now, of each action the latest alone. */
export function repetitionsBy(
  now: number,
  { acknowledged, repeating, course }: EpisodeActions,
  of: NamedActions,
): { readonly due: readonly Repetition[]; readonly actions: EpisodeActions } {
  const due: Repetition[] = [];
  const left = repeating.map((each) => {
    const { repeat = 0, repeatAcknowledged = false } = named(of, each.action) ?? {};
    if (repeat === 0 || (acknowledged && !repeatAcknowledged) || each.last + repeat > now) return each;
    const times = Math.floor((now - each.last) / repeat);
    const next = { ...each, last: each.last + times * repeat, count: each.count + times };
    due.push({ ...next, until: next.last + repeat });
    return next;
  });
  // In the order in which the rule has them.
  due.sort((a, b) => of.actionNumbers.indexOf(a.action) - of.actionNumbers.indexOf(b.action));
  return { due, actions: { course, acknowledged, repeating: left } };
}
