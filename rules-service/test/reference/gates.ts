import type { RuleDefinition } from "../../src/definition/definition.ts";
import { firstShown, shownIn } from "./calendar.ts";
import type { Evaluation } from "./conditions.ts";
import type { Grade } from "./grades.ts";
import { duration, hasPassed } from "./life.ts";
import type { Life, Moment } from "./life.ts";

type Schedule = NonNullable<RuleDefinition["schedule"]>;

const minute = 60_000_000;
const day = 1440 * minute;
const weekdays = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"] as const;

/** A condition within its rule's schedule, held open while it flaps. */
export function gated(inner: Evaluation, { schedule, flapping }: RuleDefinition, life: Life): Evaluation {
  const within = schedule === undefined ? inner : scheduled(inner, schedule, life);
  return flapping === undefined ? within : heldOpen(within, flapping, life);
}

/** It may raise only while the schedule is open; what is raised stays when it closes, or ends. */
function scheduled(inner: Evaluation, schedule: Schedule, life: Life): Evaluation {
  const ends = schedule.outside === "clear";
  const isOpen = (point: number): boolean => isOpenAt(schedule, life.points[point]!.time);
  return {
    ...inner,
    grade(point) {
      const grade = inner.grade(point);
      return isOpen(point) ? grade : { raise: "unknown", stay: ends ? "false" : grade.stay };
    },
    timers(point) {
      const { raise, stay } = inner.grade(point);
      const matters = isOpen(point)
        ? ends && stay !== "false"
        : raise !== "unknown" && (raise !== "false" || stay !== "false");
      const edge = matters ? nextEdge(schedule, life.points[point]!.time) : undefined;
      return [
        ...inner.timers(point),
        ...(edge === undefined ? [] : [{ time: edge, from: momentOf(inner, life, point) }]),
      ];
    },
  };
}

/** Of a condition that raises and ends. */
interface Changes {
  readonly isOn: boolean;
  readonly list: readonly Moment[];
  readonly flaps: boolean;
}

const noChanges: Changes = { isOn: false, list: [], flaps: false };

/** So many changes within a time: it does not end until that time has passed without. */
function heldOpen(inner: Evaluation, flapping: NonNullable<RuleDefinition["flapping"]>, life: Life): Evaluation {
  const within = duration(flapping.within);
  const isRaised = ({ raise }: Grade): boolean => raise !== "unknown" && raise !== "false";
  const known: Changes[] = [];
  /** After a point; what was answered is answered again. */
  const after = (point: number): Changes => {
    for (let each = known.length; each <= point; each++) known.push(next(known.at(-1) ?? noChanges, each));
    return known[point]!;
  };
  const next = (before: Changes, point: number): Changes => {
    const grade = inner.grade(point);
    const { time } = life.points[point]!;
    const isOn = before.isOn ? grade.stay !== "false" || isRaised(grade) : isRaised(grade);
    const due = (before.list.at(-1)?.time ?? Infinity) + within;
    // A change at the very instant keeps it going.
    const isOver = hasPassed(life.points[point]!, due) && (isOn === before.isOn || time > due);
    const { list, flaps } = isOver ? noChanges : before;
    if (isOn === before.isOn) return { isOn, list, flaps };
    const changes = [...list.filter((change) => change.time > time - within), momentOf(inner, life, point)];
    return { isOn, list: changes, flaps: flaps || changes.length >= flapping.transitions };
  };
  return {
    ...inner,
    grade(point) {
      const grade = inner.grade(point);
      return after(point).flaps && grade.stay === "false" ? { raise: "unknown", stay: "true" } : grade;
    },
    timers(point) {
      const last = after(point).list.at(-1);
      const timers = inner.timers(point);
      return last === undefined ? timers : [...timers, { time: last.time + within, from: last }];
    },
  };
}

/** A change that happens by itself has the time on the log's clock of what it was counted from. */
function momentOf(inner: Evaluation, life: Life, point: number): Moment {
  const { sample, time } = life.points[point]!;
  if (sample !== undefined) return sample;
  const timer = point === 0 ? undefined : inner.timers(point - 1).find((each) => each.time === time);
  // What happens by itself around the condition leaves it at the moment where it was.
  const from = timer?.from ?? (point === 0 ? life.since : momentOf(inner, life, point - 1));
  return { time, received: from.received + time - from.time, gateway: from.gateway };
}

function isOpenAt(schedule: Schedule, time: number): boolean {
  return spans(schedule, time).some(({ from, to }) => from <= time && time < to);
}

function nextEdge(schedule: Schedule, time: number): number | undefined {
  const edges = spans(schedule, time).flatMap(({ from, to }) => [from, to]);
  return edges
    .filter((edge) => edge > time && isOpenAt(schedule, edge) !== isOpenAt(schedule, time))
    .toSorted((a, b) => a - b)[0];
}

function spans({ weekly, timeZone }: Schedule, time: number): { readonly from: number; readonly to: number }[] {
  const today = Math.floor(shownIn(Math.floor(time / minute) * minute, timeZone) / day);
  return Array.from({ length: 17 }, (_, index) => today - 8 + index).flatMap((date) =>
    weekly
      .filter(({ days }) => days.includes(weekdays[((date % 7) + 7) % 7]!))
      .map(({ from, to }) => {
        const [begin, end] = [minutesOf(from), minutesOf(to)];
        const until = end > begin ? end : end + 1440;
        return {
          from: firstShown(date * day + begin * minute, timeZone),
          to: firstShown(date * day + until * minute, timeZone),
        };
      }),
  );
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(":").map(Number);
  return hours! * 60 + minutes!;
}
