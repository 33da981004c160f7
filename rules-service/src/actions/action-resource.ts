import { Type, type Static } from "@sinclair/typebox";
import { isoFromMicros } from "@headwater/core";
import type { StoredAction } from "./action-model.ts";

const time = (description: string) => Type.String({ format: "date-time", description });

export const actionResource = Type.Object(
  {
    id: Type.String({ description: "The webhook-id, the same at every attempt; of one in a group, `message` has it" }),
    alert: Type.String(),
    transition: Type.Integer({ description: "Of the alert; 0 is an operator action" }),
    rule: Type.String(),
    revision: Type.Integer({ description: "Revision of the rule whose action it is" }),
    device: Type.String(),
    kind: Type.String({ description: "webhook or email" }),
    action: Type.Integer({ description: "Its place in the rule's list of actions, from 0" }),
    on: Type.String({ description: "What it answers: raised, escalated, cleared, …" }),
    repetition: Type.Optional(Type.Integer({ description: "How often it had come due again; absent of the first" })),
    group: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "It is told with others for which these are the same" }),
    ),
    message: Type.Optional(Type.String({ description: "The message of the group that told it: its webhook-id" })),
    endpoint: Type.String({ description: "Where it goes, without secrets" }),
    state: Type.Union(["waiting", "succeeded", "gave-up"].map((state) => Type.Literal(state))),
    attempts: Type.Integer(),
    status: Type.Optional(Type.Integer({ description: "What the newest attempt was answered" })),
    error: Type.Optional(Type.String({ description: "Why the newest attempt failed, or why it was given up" })),
    requestedAt: time("When it was requested"),
    deadline: time("When it is given up"),
    retryAt: Type.Optional(time("When it is tried again at the earliest")),
    endedAt: Type.Optional(time("When it succeeded or was given up")),
  },
  { title: "Action" },
);
export type ActionResource = Static<typeof actionResource>;

export function toActionResource({ state: action, message }: StoredAction): ActionResource {
  const { id, alert, transition, rule, revision, device, kind, endpoint, state, attempts } = action;
  return {
    ...{ id, alert, transition, rule, revision, device, kind, action: action.action, on: action.trigger },
    ...(action.repetition > 0 && { repetition: action.repetition }),
    ...(action.group !== undefined && { group: { ...action.group } }),
    ...(message !== undefined && { message }),
    ...{ endpoint, state, attempts },
    ...(action.status > 0 && { status: action.status }),
    ...(action.error !== "" && { error: action.error }),
    requestedAt: isoFromMicros(action.requestedAt),
    deadline: isoFromMicros(action.deadline),
    ...(action.retryAt !== undefined && { retryAt: isoFromMicros(action.retryAt) }),
    ...(action.endedAt !== undefined && { endedAt: isoFromMicros(action.endedAt) }),
  };
}
