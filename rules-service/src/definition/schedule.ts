import { Type, type Static } from "@sinclair/typebox";
import { isTimeZone, parseDuration } from "@headwater/core";
import { flapping } from "../conditions/flapping/flapping.ts";
import type { Program } from "../conditions/program.ts";
import { scheduled } from "../conditions/schedule/scheduled.ts";
import { weekdays, WeeklySchedule, type Weekday } from "../conditions/schedule/weekly.ts";
import { checkDuration, durationSchema } from "../language/duration-schema.ts";
import { pointerTo, type Problems } from "../language/problems.ts";

const time = (description: string) =>
  Type.String({ pattern: "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description });

const windows = {
  timeZone: Type.String({ minLength: 1, maxLength: 60, description: "As in Europe/Berlin or UTC." }),
  weekly: Type.Array(
    Type.Object(
      {
        days: Type.Array(Type.Unsafe<Weekday>({ type: "string", enum: [...weekdays] }), { minItems: 1, maxItems: 7 }),
        from: time('When it opens, as in "06:00".'),
        to: time('When it closes, as in "22:00"; not later than `from`: on the next day.'),
      },
      { additionalProperties: false },
    ),
    { minItems: 1, maxItems: 50, description: "Windows of every week, on the local clock." },
  ),
};

/** Windows of every week alone, without what a rule makes of them. */
export const windowsSchema = Type.Object(windows, {
  additionalProperties: false,
  description: "Windows of every week in a time zone.",
});

export const scheduleSchema = Type.Object(
  {
    ...windows,
    outside: Type.Optional(
      Type.Unsafe<"keep" | "clear">({
        type: "string",
        enum: ["keep", "clear"],
        description: "What becomes of an open alert when it closes. Default: keep.",
      }),
    ),
  },
  { additionalProperties: false, description: "When alerts may be raised. What holds when it opens is raised then." },
);

export const flappingSchema = Type.Object(
  {
    transitions: Type.Integer({ minimum: 2, maximum: 100, description: "So many raises and ends…" }),
    within: durationSchema("…in this time are flapping: the alert is held open until it has passed without one."),
  },
  { additionalProperties: false },
);

type ScheduleDefinition = Static<typeof scheduleSchema>;
type WindowsDefinition = Static<typeof windowsSchema>;
type FlappingDefinition = Static<typeof flappingSchema>;

export function checkSchedule(schedule: WindowsDefinition | undefined, pointer: string, problems: Problems): void {
  if (schedule === undefined) return;
  if (!isTimeZone(schedule.timeZone)) {
    const at = pointerTo(pointer, "timeZone");
    problems.add(at, `${JSON.stringify(schedule.timeZone)} is no time zone; write it like Europe/Berlin or UTC`);
  }
  for (const [index, { from }] of schedule.weekly.entries()) {
    if (from !== "24:00") continue;
    problems.add(
      pointerTo(pointerTo(pointerTo(pointer, "weekly"), index), "from"),
      'is the end of a day; write "00:00"',
    );
  }
}

export function checkFlapping(definition: FlappingDefinition | undefined, pointer: string, problems: Problems): void {
  checkDuration(
    definition?.within,
    pointerTo(pointer, "within"),
    { least: 1_000_000, most: 7 * 86_400_000_000 },
    problems,
  );
}

/** The program of a condition, within its schedule and without its flapping. */
export function withSchedule(
  program: Program,
  schedule: ScheduleDefinition | undefined,
  flaps: FlappingDefinition | undefined,
): Program {
  let whole = program;
  if (schedule !== undefined) {
    whole = scheduled(whole, weeklyOf(schedule), schedule.outside === "clear");
  }
  return flaps === undefined ? whole : flapping(whole, flaps.transitions, parseDuration(flaps.within));
}

/** `definition` has passed `checkSchedule`. */
export function weeklyOf({ timeZone, weekly }: WindowsDefinition): WeeklySchedule {
  return new WeeklySchedule(
    timeZone,
    weekly.map(({ days, from, to }) => ({ days, from: minutesOf(from), to: minutesOf(to) })),
  );
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}
