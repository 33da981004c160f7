import { Type, type Static } from "@sinclair/typebox";
import { maxComments, type AlertState } from "@headwater/aggregates";
import { isoFromMicros } from "@headwater/core";

const time = (description: string) => Type.String({ format: "date-time", description });

const comment = Type.Object({ at: time("When it was said"), by: Type.String(), text: Type.String() });

export const alertResource = Type.Object(
  {
    id: Type.String(),
    rule: Type.String(),
    revision: Type.Integer({ description: "Revision of the rule when it was raised" }),
    device: Type.String({ description: "The device that it is of; of an alert of a gateway, the id of that" }),
    gateway: Type.Optional(Type.String({ description: "The gateway that it is of, in place of a device" })),
    reason: Type.Optional(
      Type.String({ description: "Of a rule on absence: device-silent, gateway-offline or pipeline-lagging" }),
    ),
    state: Type.Union(["active", "acknowledged", "cleared"].map((state) => Type.Literal(state))),
    severity: Type.String(),
    metric: Type.String(),
    value: Type.Union([Type.Number(), Type.String()], {
      description: "The value that raised, escalated or amended it last; a text where the metric's is one",
    }),
    threshold: Type.Number({ description: "The threshold that the value was compared with" }),
    raisedAt: time("When the condition came true, on the log's clock"),
    acknowledgedAt: Type.Optional(time("When an operator acknowledged it")),
    acknowledgedBy: Type.Optional(Type.String()),
    comment: Type.Optional(Type.String({ description: "What was said when it was acknowledged" })),
    assignee: Type.Optional(Type.String({ description: "Whose it is; absent: nobody's" })),
    assignedAt: Type.Optional(time("When somebody last said whose it is")),
    assignedBy: Type.Optional(Type.String()),
    comments: Type.Array(comment, { description: `What people said, oldest first; the last ${maxComments}` }),
    snoozedUntil: Type.Optional(time("Until then its rule does nothing on its device, on the log's clock")),
    snoozedBy: Type.Optional(Type.String()),
    mutedBy: Type.Array(Type.String(), {
      description: "What holds its actions back while it is open: `snooze`, or `maintenance/` and the id of a window",
    }),
    flapping: Type.Boolean({ description: "It is held open because it raised and ended again and again" }),
    clearedAt: Type.Optional(time("When it was cleared")),
    clearedBy: Type.Optional(Type.String()),
    cause: Type.Optional(Type.String({ description: "Why it was cleared" })),
    amended: Type.Boolean({ description: "Late data changed a transition that was already in the log" }),
    shadow: Type.Boolean(),
    position: Type.Optional(Type.String({ description: "Position of the write" })),
  },
  { title: "Alert" },
);
export type AlertResource = Static<typeof alertResource>;

export function toAlertResource(alert: AlertState): AlertResource {
  const { id, rule, revision, device, state, severity, metric, value, threshold, amended, shadow } = alert;
  return {
    ...{ id, rule, revision, device },
    ...(alert.gateway !== undefined && { gateway: alert.gateway }),
    ...(alert.reason !== undefined && { reason: alert.reason }),
    ...{ state, severity, metric, value, threshold },
    raisedAt: isoFromMicros(alert.raisedAt),
    ...(alert.acknowledgedAt !== undefined && { acknowledgedAt: isoFromMicros(alert.acknowledgedAt) }),
    ...(alert.acknowledgedBy !== undefined && { acknowledgedBy: alert.acknowledgedBy }),
    ...(alert.comment !== undefined && { comment: alert.comment }),
    ...(alert.assignee !== undefined && { assignee: alert.assignee }),
    ...(alert.assignedAt !== undefined && { assignedAt: isoFromMicros(alert.assignedAt) }),
    ...(alert.assignedBy !== undefined && { assignedBy: alert.assignedBy }),
    comments: alert.comments.map(({ at, by, text }) => ({ at: isoFromMicros(at), by, text })),
    ...(alert.snooze !== undefined && {
      snoozedUntil: isoFromMicros(alert.snooze.until),
      snoozedBy: alert.snooze.by,
    }),
    mutedBy: [...alert.mutedBy],
    flapping: alert.flapping,
    ...(alert.clearedAt !== undefined && { clearedAt: isoFromMicros(alert.clearedAt) }),
    ...(alert.clearedBy !== undefined && { clearedBy: alert.clearedBy }),
    ...(alert.clearedCause !== "" && { cause: alert.clearedCause }),
    amended,
    shadow,
  };
}
