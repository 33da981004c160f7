import { Type, type Static } from "@sinclair/typebox";
import type { AlertState } from "@headwater/aggregates";
import { alertTransition, type AlertEvent } from "@headwater/proto";
import { isoFromMicros } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { positionText } from "@headwater/service";
import type { RuleModel } from "../rules/rule-model.ts";
import { revisionResource, toRevision } from "../rules/rule-resource.ts";
import { alertResource, toAlertResource } from "./alert-resource.ts";
import type { AlertTransitionAt } from "./alert-model.ts";
import { readEvidence, type EvidenceResource } from "./evidence.ts";
import { whyText } from "./why-text.ts";

const transition = Type.Object({
  transition: Type.Integer({ description: "Transitions of the rule are numbered from 1; 0 is an operator action" }),
  kind: Type.String(),
  at: Type.String({ format: "date-time" }),
  severity: Type.String(),
  metric: Type.String(),
  value: Type.Number(),
  threshold: Type.Number(),
  amended: Type.Boolean(),
  cause: Type.String(),
  by: Type.String(),
  comment: Type.String(),
  position: Type.String({ description: "Position in the log" }),
  evidence: Type.Array(Type.Unknown(), {
    description: "The readings that decided the transition, with their records in the log",
  }),
});

export const whyResource = Type.Object(
  {
    alert: alertResource,
    rule: Type.Object({
      id: Type.String(),
      revision: Type.Union([revisionResource, Type.Null()], { description: "The revision that raised it" }),
    }),
    transitions: Type.Array(transition),
    text: Type.String({ description: "The same in sentences, one a line" }),
  },
  { title: "Why" },
);
export type WhyResource = Static<typeof whyResource>;

export interface WhyOptions {
  readonly log: EventLog;
  readonly telemetryTopic: string;
  readonly rules: RuleModel;
}

/** Everything that made an alert: the rule's revision, its transitions in log order, and the readings behind each. */
export async function explain(
  alert: AlertState,
  transitions: readonly AlertTransitionAt[],
  { log, telemetryTopic, rules }: WhyOptions,
): Promise<WhyResource> {
  const evidence = await readEvidence(
    log,
    telemetryTopic,
    transitions.flatMap(({ event }) => event.evidence),
  );
  const revision = rules.get(alert.rule)?.state.revisions.find((each) => each.revision === alert.revision);
  let used = 0;
  const why = {
    alert: toAlertResource(alert),
    rule: { id: alert.rule, revision: revision === undefined ? null : toRevision(revision) },
    transitions: transitions.map(({ event, position }) => {
      const own = evidence.slice(used, used + event.evidence.length);
      used += own.length;
      return { ...describe(event, own), position: positionText(position) };
    }),
  };
  return { ...why, text: whyText(why) };
}

function describe(
  event: AlertEvent,
  evidence: EvidenceResource[],
): Omit<WhyResource["transitions"][number], "position"> {
  const { transition: number, severity, metric, value, threshold, amended, cause, by, comment } = event;
  const kind = Object.entries(alertTransition).find(([, code]) => code === (event.kind as number))?.[0] ?? "unknown";
  const at = isoFromMicros(event.at);
  return { transition: number, kind, at, severity, metric, value, threshold, amended, cause, by, comment, evidence };
}
