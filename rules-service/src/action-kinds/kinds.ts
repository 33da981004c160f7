import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration } from "../language/duration-schema.ts";
import { pointerTo, type Problems } from "../language/problems.ts";
import type { ActionPlace } from "./action-kind.ts";
import { command } from "./command/kind.ts";
import { defaultDeadline } from "./deadline.ts";
import type { Delivery, DeliveryMeans, Sender } from "./delivery.ts";
import { derive } from "./derive/kind.ts";
import { email } from "./email/kind.ts";
import { checkGrouping, groupingSchemas, normaliseGrouping, type Grouping } from "./grouping.ts";
import { repeatable, repeatAcknowledgedSchema, repeatBounds, repeatSchema } from "./repeat.ts";
import { triggersSchema, type Trigger } from "./triggers.ts";
import { webhook } from "./webhook/kind.ts";

/** Every kind of action: a new one is a folder and a line here. */
const kinds = { command, derive, webhook, email } as const;

type Kinds = typeof kinds;
type KindName = keyof Kinds;
const kindNames = Object.keys(kinds) as readonly KindName[];

export const actionSchema = Type.Object(
  {
    command: Type.Optional(command.schema),
    derive: Type.Optional(derive.schema),
    webhook: Type.Optional(webhook.schema),
    email: Type.Optional(email.schema),
    on: Type.Optional(triggersSchema),
    repeat: repeatSchema,
    repeatAcknowledged: repeatAcknowledgedSchema,
    ...groupingSchemas,
  },
  {
    additionalProperties: false,
    description: `Done when something happens to an episode. Exactly one of ${kindNames.join(", ")}.`,
  },
);
export type ActionDefinition = Static<typeof actionSchema>;

/** What an action answers. */
interface Answering {
  readonly on: readonly Trigger[];
  /** Done again so often while the episode is open (microseconds); 0: never. */
  readonly repeat: number;
  /** Also what was acknowledged. */
  readonly repeatAcknowledged: boolean;
  /** Absent: each alert has messages of its own. */
  readonly group?: Grouping;
}
/** An action that is delivered to somebody outside; what it does is part of its ids. */
export type DeliveredAction = ReturnType<Kinds["webhook" | "email"]["normalise"]> & Answering;
/** The others are done by the engine. */
export type NormalAction = (ReturnType<Kinds["command" | "derive"]["normalise"]> & Answering) | DeliveredAction;
export type DeliveredKind = DeliveredAction["kind"];

interface AnyKind {
  check(definition: unknown, place: ActionPlace): void;
  /** But for what it answers. */
  normalise(definition: unknown): NormalAction;
  readonly answers?: readonly Trigger[];
  readonly delivery?: Delivery<DeliveredAction>;
}

function kindOf(name: KindName): AnyKind {
  return kinds[name] as unknown as AnyKind;
}

export function checkAction(
  action: ActionDefinition,
  rule: Pick<ActionPlace, "metrics" | "hasCondition">,
  pointer: string,
  problems: Problems,
): void {
  const named = kindNames.filter((name) => action[name] !== undefined);
  const [name] = named;
  if (name === undefined || named.length > 1) {
    problems.add(pointer, `needs exactly one of ${kindNames.join(", ")}; make it several actions if several are meant`);
  }
  for (const each of named) {
    if (rule.hasCondition || each === "derive") {
      kindOf(each).check(action[each], { ...rule, pointer: pointerTo(pointer, each), problems });
    } else {
      problems.add(
        pointerTo(pointer, each),
        "is done when an alert is raised, and a rule without a condition raises none; add a condition, or remove it",
      );
    }
  }
  if (!rule.hasCondition && action.on !== undefined) {
    problems.add(pointerTo(pointer, "on"), "is for alerts, and a rule without a condition raises none; remove it");
    return;
  }
  const answers = name === undefined ? undefined : kindOf(name).answers;
  const other = answers && action.on?.find((trigger) => !answers.includes(trigger));
  if (other !== undefined) {
    problems.add(
      pointerTo(pointer, "on"),
      `names ${other}, and a ${name} is done when an episode is ${answers!.join(" or ")}: remove it`,
    );
  }
  checkRepeat(action, answers !== undefined, pointer, problems);
  const isDelivered = named.every((each) => kindOf(each).delivery !== undefined);
  const { deadline = defaultDeadline } = action.webhook ?? action.email ?? {};
  checkGrouping(action, { isDelivered, repeat: action.repeat, deadline }, pointer, problems);
}

function checkRepeat(
  { on, repeat, repeatAcknowledged }: ActionDefinition,
  once: boolean,
  at: string,
  to: Problems,
): void {
  const pointer = pointerTo(at, "repeat");
  checkDuration(repeat, pointer, repeatBounds, to);
  if (repeat === undefined) {
    if (repeatAcknowledged === undefined) return;
    to.add(pointerTo(at, "repeatAcknowledged"), "says how `repeat` ends, which is not there: add it, or remove this");
  } else if (once) to.add(pointer, "is for what tells somebody; this is done once: remove it");
  else if (on !== undefined && !on.some((trigger) => repeatable.includes(trigger))) {
    to.add(pointer, `repeats what an open episode sets off; add ${repeatable.join(", ")} to on, or remove it`);
  }
}

/** `action` has passed `checkAction`. */
export function normaliseAction(action: ActionDefinition): NormalAction {
  const name = kindNames.find((each) => action[each] !== undefined)!;
  const { on = ["raised"], repeat, repeatAcknowledged = false } = action;
  const group = normaliseGrouping(action);
  const answering = {
    ...{ on, repeat: repeat === undefined ? 0 : parseDuration(repeat), repeatAcknowledged },
    ...(group !== undefined && { group }),
  };
  return { ...kindOf(name).normalise(action[name]), ...answering };
}

export function isDelivered(action: NormalAction): action is DeliveredAction {
  return kindOf(action.kind).delivery !== undefined;
}

/** Undefined of a kind that a later version wrote. */
export function deliveryOf(kind: string): Delivery<DeliveredAction> | undefined {
  return Object.hasOwn(kinds, kind) ? kindOf(kind as KindName).delivery : undefined;
}

export function createSenders(means: DeliveryMeans): ReadonlyMap<string, Sender<DeliveredAction>> {
  return new Map(
    kindNames.flatMap((name) => {
      const { delivery } = kindOf(name);
      return delivery === undefined ? [] : [[name, delivery.createSender(means)] as const];
    }),
  );
}
