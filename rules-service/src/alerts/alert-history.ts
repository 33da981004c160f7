import { Type, type Static } from "@sinclair/typebox";
import { isoFromMicros } from "@headwater/core";
import { alertTransition } from "@headwater/proto";
import { positionText } from "@headwater/service";
import type { AlertTransitionAt } from "./alert-model.ts";

const kindNames = new Map<number, string>(Object.entries(alertTransition).map(([name, kind]) => [kind, name]));

/** The name of a kind of transition, as every answer has it. */
export function kindNameOf(kind: number): string {
  return kindNames.get(kind) ?? "unknown";
}

const time = (description: string) => Type.String({ format: "date-time", description });

export const alertHistoryEntry = Type.Object(
  {
    transition: Type.Integer({ description: "Transitions of the rule are numbered from 1; 0 is what a person did" }),
    kind: Type.String({ description: Object.keys(alertTransition).slice(1).join(", ") }),
    at: time("When it happened; of the rule's transitions on the log's clock"),
    severity: Type.String(),
    value: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    amended: Type.Boolean(),
    cause: Type.Optional(Type.String()),
    by: Type.Optional(Type.String({ description: "Who did it" })),
    comment: Type.Optional(Type.String()),
    assignee: Type.Optional(Type.String({ description: "Of `assigned`; empty: nobody's any more" })),
    snoozedUntil: Type.Optional(time("Of `snoozed`; absent: the snooze was ended")),
    mutedBy: Type.Optional(Type.Array(Type.String(), { description: "What held actions back from then on" })),
    flapping: Type.Boolean(),
    position: Type.String({ description: "Position in the log" }),
  },
  { title: "AlertHistoryEntry" },
);

export function toHistoryEntry({ event, position }: AlertTransitionAt): Static<typeof alertHistoryEntry> {
  const { transition, severity, metric, text, value, amended, cause, by, comment, mutedBy, flapping } = event;
  const kind: number = event.kind;
  return {
    ...{ transition, kind: kindNameOf(kind), at: isoFromMicros(event.at), severity },
    ...(transition > 0 && metric !== "" && { value: text ?? value }),
    amended,
    ...(cause !== "" && { cause }),
    ...(by !== "" && { by }),
    ...(comment !== "" && { comment }),
    ...(kind === alertTransition.assigned && { assignee: event.assignee }),
    ...(event.snoozedUntil !== 0 && { snoozedUntil: isoFromMicros(event.snoozedUntil) }),
    ...(mutedBy.length > 0 && { mutedBy: [...mutedBy] }),
    flapping,
    position: positionText(position),
  };
}
