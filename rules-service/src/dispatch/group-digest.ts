import { uuidv5 } from "@headwater/core";
import type { ActionEvent, ActionInput } from "@headwater/proto";
import type { Digest, Occasion } from "../action-kinds/delivery.ts";
import { deliveryOf, type DeliveredAction } from "../action-kinds/kinds.ts";
import type { GroupedAction } from "../actions/grouped-actions.ts";
import { severities, severityRank, type Severity } from "../language/severity.ts";

/** Actions that one message answers for; what is beyond waits for the next. */
export const mostInMessage = 2000;
/** Alerts that a message names. */
const mostNamed = 50;
/** Bytes of what it says of them. */
const mostSaid = 192 * 1024;

/** The name space of the ids of messages; never changes. */
const namespace = "c1b1a0f3-93a4-5d5e-8a0c-5f5a1d9c7e30";

/** What of a group is told, and what is left out with the reason. */
export interface GroupContent {
  readonly told: readonly GroupedAction[];
  readonly withdrawn: readonly { readonly action: string; readonly reason: string }[];
}

/** `isOver`: the alert has ended, and the action answers no end; nobody is told of what is over, nor past its time. */
export function contentOf(
  waiting: readonly GroupedAction[],
  now: number,
  isOver: (alert: string) => boolean,
): GroupContent {
  const over = new Map<string, boolean>();
  const told: GroupedAction[] = [];
  const withdrawn: { action: string; reason: string }[] = [];
  for (const each of waiting) {
    if (each.deadline <= now) {
      withdrawn.push({ action: each.id, reason: "its deadline passed before its group was told" });
      continue;
    }
    let isGone = over.get(each.alert);
    if (isGone === undefined) over.set(each.alert, (isGone = isOver(each.alert)));
    if (isGone) withdrawn.push({ action: each.id, reason: "it ended before its group was told" });
    else told.push(each);
  }
  return { told, withdrawn };
}

/** The same for the same content, whoever makes the message of it. */
export function messageIdOf(key: string, { told, withdrawn }: GroupContent): string {
  return uuidv5(JSON.stringify(["message", key, told.map(({ id }) => id), withdrawn]), namespace);
}

/** `occasionOf`: what there is to tell of one; undefined of what nobody can read. */
export function digestOf(
  by: Readonly<Record<string, string>>,
  told: readonly GroupedAction[],
  occasionOf: (id: string) => Occasion | undefined,
): Digest {
  // Of each alert the last word.
  const alerts = [...new Map(told.map((each) => [each.alert, each])).values()].toSorted(
    (a, b) => Number(isEnd(a)) - Number(isEnd(b)) || rankOf(b) - rankOf(a) || a.at - b.at,
  );
  const ended = alerts.filter(isEnd).length;
  const named: Occasion[] = [];
  let said = 0;
  for (const { id } of alerts.slice(0, mostNamed)) {
    const occasion = occasionOf(id);
    if (occasion === undefined) continue;
    said += Buffer.byteLength(JSON.stringify(occasion));
    if (said > mostSaid && named.length > 0) break;
    named.push(occasion);
  }
  const at = alerts.reduce((newest, each) => Math.max(newest, each.at), 0);
  // The first is the gravest of those that are open, or of all if they have ended, as an end tells its severity alone.
  return { by, count: alerts.length, ended, severity: alerts[0]?.severity ?? "", at, named };
}

/** Whom a message of the group goes to is in the request of the first that waits; `content` is what it is about. */
export function messageOf(
  key: string,
  first: ActionEvent,
  content: GroupContent,
  occasionOf: (id: string) => Occasion | undefined,
): ActionInput {
  const { alertId, transition, rule, device } = first;
  const { kind, revision, action, definition, endpoint, url, group } = first.requested!;
  const { told, withdrawn } = content;
  const body =
    told.length === 0
      ? new Uint8Array()
      : deliveryOf(kind)!.composeDigest(
          JSON.parse(definition) as DeliveredAction,
          digestOf(group!.by, told, occasionOf),
        );
  return {
    actionId: messageIdOf(key, content),
    ...{ alertId, transition, rule, device },
    requested: {
      ...{ kind, revision, action, definition, endpoint, url, trigger: "grouped", body },
      deadline: told.reduce((latest, each) => Math.max(latest, each.deadline), 0),
      message: { key, told: told.map(({ id }) => id), withdrawn },
    },
  };
}

function isEnd({ trigger }: GroupedAction): boolean {
  return trigger === "cleared" || trigger === "retracted";
}

function rankOf({ severity }: GroupedAction): number {
  return severities.includes(severity as Severity) ? severityRank(severity as Severity) : -1;
}
