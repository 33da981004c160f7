import type { AlertState } from "@headwater/aggregates";
import type { AlertEvent } from "@headwater/proto";
import { isoFromMicros } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { positionText } from "@headwater/service";
import type { RuleModel } from "../rules/rule-model.ts";
import { toRevision } from "../rules/rule-resource.ts";
import { kindNameOf } from "./alert-history.ts";
import { toAlertResource } from "./alert-resource.ts";
import type { AlertTransitionAt } from "./alert-model.ts";
import { readEvidence, type EvidenceResource } from "./evidence.ts";
import type { WhyResource } from "./why-resource.ts";
import { whyText } from "./why-text.ts";

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
    transitions.flatMap(({ event }) => event.evidence),
    { log, topic: telemetryTopic, rules },
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
  const { transition: number, severity, metric, text, threshold, amended, cause, by, comment } = event;
  const value = text ?? event.value;
  const kind = kindNameOf(event.kind);
  const at = isoFromMicros(event.at);
  const { assignee, snoozedUntil, mutedBy, flapping } = event;
  return {
    ...{ transition: number, kind, at, severity, metric, value, threshold, amended, cause, by, comment, evidence },
    ...{ assignee, mutedBy: [...mutedBy], flapping },
    ...(snoozedUntil !== 0 && { snoozedUntil: isoFromMicros(snoozedUntil) }),
  };
}
