import { formatDuration, microsFromIso } from "@headwater/core";
import { parseRule, type RuleDefinition } from "../definition/index.ts";
import { anyMetric } from "../conditions/program.ts";
import { conditionText } from "./condition-text.ts";
import type { DerivedStep } from "./derived-steps.ts";
import type { EvidenceResource } from "./evidence.ts";
import type { WhyResource } from "./why-resource.ts";

type Transition = WhyResource["transitions"][number];

/**
 * What made an alert, in sentences for those who are told: what was read, with what it was compared, since when, which
 * revision did so, and the times. Everything stands in the JSON beside it, too.
 */
export function whyText({ alert, rule, transitions }: Omit<WhyResource, "text">): string {
  const { id, severity, device, gateway, reason, raisedAt, clearedAt, shadow } = alert;
  const of = gateway === undefined ? `device ${device}` : `gateway ${gateway}`;
  const began = microsFromIso(raisedAt);
  const ended = clearedAt === undefined ? undefined : microsFromIso(clearedAt);
  const lasted = began === undefined || ended === undefined ? undefined : formatDuration(Math.max(0, ended - began));
  const until = clearedAt === undefined ? "It is open." : `It was cleared at ${clearedAt}, after ${lasted}.`;
  return [
    `Alert ${id} of rule ${alert.rule} on ${of}: ${severity}, raised at ${raisedAt}. ${until}`,
    ...(shadow ? ["The rule was in shadow: nothing was done about it."] : []),
    ...(reason === undefined ? [] : [reasons[reason] ?? `The reason is ${reason}.`]),
    ...(alert.amended ? ["Late data changed what had been told of it."] : []),
    ...ruleText(rule),
    ...transitions.flatMap((transition) => ["", ...transitionText(transition)]),
  ].join("\n");
}

const reasons: Readonly<Record<string, string>> = {
  "device-silent": "The device said nothing, though the gateway through which it was heard last was there.",
  "gateway-offline": "Nothing came of the gateway; its devices are not called silent while it is away.",
  "pipeline-lagging": "The gateway was behind; what it still had to send may have been of any of its devices.",
};

function ruleText({ id, revision }: WhyResource["rule"]): string[] {
  if (revision === null) return [`The revision of rule ${id} that raised it is no longer known.`];
  const by = `Revision ${revision.revision} of the rule, by ${revision.by} at ${revision.at}, asks`;
  const parsed = parseRule(revision.definition);
  if (!parsed.ok) return [`${by} for something that this version cannot read.`];
  return [`${by} whether ${conditionText(parsed.definition.condition)}.`, ...limits(parsed.definition)];
}

function limits({ wait = "5s", lateness, schedule, flapping }: RuleDefinition): string[] {
  const windows = schedule?.weekly.map(({ days, from, to }) => `${days.join(", ")} ${from} to ${to}`) ?? [];
  return [
    `A timer waits ${wait} for readings that are under way; one up to ${lateness ?? wait} late still counts.`,
    ...(schedule === undefined ? [] : [`It may be raised ${windows.join("; ")} (${schedule.timeZone}).`]),
    ...(flapping === undefined
      ? []
      : [`It is held open from ${flapping.transitions} changes within ${flapping.within} on.`]),
  ];
}

function transitionText(transition: Transition): string[] {
  const { at, amended, evidence, position } = transition;
  const late = amended ? " Late data made this known; no action is repeated." : "";
  const what = `${at} ${happened(transition)}${late} (${position})`;
  const isByHand = transition.transition === 0;
  return [what, ...(isByHand ? [] : evidence.flatMap((each) => evidenceText(each as EvidenceResource)))];
}

function happened(transition: Transition): string {
  const { kind, severity, cause, by, comment, assignee, snoozedUntil, mutedBy, flapping, ...measured } = transition;
  const said = comment === "" ? "" : `, who said: ${comment}`;
  const value = measureText(measured);
  switch (kind) {
    case "raised":
      return `raised as ${severity}${value}.${held(mutedBy)}`;
    case "escalated":
      return `escalated to ${severity}${value}.`;
    case "deescalated":
      return `de-escalated to ${severity}${value}.`;
    case "acknowledged":
      return `acknowledged by ${by}${said}.`;
    case "amended":
      return `amended, as ${severity}${value}.`;
    case "assigned":
      return `${assignee === "" ? "assigned to nobody" : `assigned to ${assignee}`} by ${by}${said}.`;
    case "commented":
      return `${by} said: ${comment}`;
    case "snoozed":
      return `${snoozedUntil === undefined ? "snooze ended" : `snoozed until ${snoozedUntil}`} by ${by}${said}.`;
    case "muted":
      return `actions are held back from here on by ${mutedBy.join(", ")}.`;
    case "unmuted":
      return "nothing holds actions back any more; they were done.";
    case "flapping":
      return flapping ? "held open, since it raises and ends again and again." : "held open no more.";
    case "cleared":
      return cause === "hand" ? `cleared by ${by}${said}.` : `cleared: ${causes[cause] ?? cause}${value}.`;
    default:
      return `${kind}${value}.`;
  }
}

function held(mutedBy: readonly string[]): string {
  return mutedBy.length === 0 ? "" : ` Its actions were held back by ${mutedBy.join(", ")}.`;
}

const causes: Readonly<Record<string, string>> = {
  condition: "the condition ended",
  retracted: "late data showed that it never began",
  "rule-disabled": "the rule was switched off",
  "rule-deleted": "the rule was deleted",
  "device-deleted": "the device was deleted",
};

/** An event has zeros where nothing was measured, and where a text was. */
function measureText({
  metric,
  value,
  threshold,
  evidence,
}: Pick<Transition, "metric" | "value" | "threshold" | "evidence">): string {
  if (metric === "") return "";
  const text = (evidence as EvidenceResource[])
    .map((each) => valueOf(each))
    .findLast((each) => typeof each === "string");
  // 0.1 had no text in its events.
  const read = value === 0 && text !== undefined ? text : value;
  if (typeof read === "string") return `: ${metric} was ${JSON.stringify(read)}`;
  return `: ${metric} was ${read}${threshold === 0 && read === 0 ? "" : `, compared with ${threshold}`}`;
}

const roles: Readonly<Record<string, string>> = {
  armed: "It began with",
  held: "It held since",
  decided: "It was decided by",
};

function evidenceText(evidence: EvidenceResource): string[] {
  const { role, metric, eventTime, record, position, derived = [] } = evidence;
  if (role === "timer") return [`  It was decided by the log's clock, which had passed ${eventTime} without another.`];
  const place = `${position.topic}/${position.partition}/${position.offset}`;
  // What a device sends at all has no value of its own.
  const read = isAnything(evidence)
    ? `what came at ${eventTime}`
    : `${metric} = ${JSON.stringify(valueOf(evidence))} of ${eventTime}`;
  const way =
    record === null
      ? `the log no longer holds ${place}`
      : `received ${record.receivedAt}, written ${record.appendedAt} as ${place}`;
  if (derived.length > 0) return [`  ${roles[role] ?? role} ${read}, ${derivedText(evidence, derived)} (${way}).`];
  return [`  ${roles[role] ?? role} ${read} (${way}).`];
}

function isAnything({ metric, record }: EvidenceResource): boolean {
  return metric === anyMetric && record?.readings.some((each) => each.metric === metric) !== true;
}

/** From rule to rule, back to what the source sent. */
function derivedText({ record, identity }: EvidenceResource, derived: readonly DerivedStep[]): string {
  const steps = derived.map(({ rule, revision, metric, value }, place) => {
    const named = place === 0 ? "" : `${metric}${value === null ? "" : ` = ${JSON.stringify(value)}`}, `;
    return `${named}derived by rule ${rule} revision ${revision} from `;
  });
  const { from } = derived.at(-1)!;
  const sent = record?.readings.filter(({ metric }) => from.includes(metric)) ?? [];
  const source = sent.map(({ metric, value }) => `${metric} = ${JSON.stringify(value)}`).join(", ");
  const { gateway, epoch, partition, n } = identity;
  const event = gateway === "" ? "an instant" : `event ${gateway}/${epoch}/${partition}/${n}`;
  return `${steps.join("")}${source === "" ? event : `${source} of ${event}`}`;
}

/** As it is in the log, which knows truth values and texts; the event has a number for each. */
function valueOf({ metric, value, record }: EvidenceResource): number | boolean | string {
  const own = record?.readings.filter((each) => each.metric === metric) ?? [];
  return own.length === 1 ? (own[0]!.value ?? value) : value;
}
