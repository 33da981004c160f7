import { Type, type Static } from "@sinclair/typebox";
import { pointerTo, type Problems } from "../language/problems.ts";
import { command } from "./command/kind.ts";
import type { Delivery, DeliveryMeans, Sender } from "./delivery.ts";
import { derive } from "./derive/kind.ts";
import { email } from "./email/kind.ts";
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
  },
  {
    additionalProperties: false,
    description: `Done when something happens to an episode. Exactly one of ${kindNames.join(", ")}.`,
    "x-notYet": { repeat: "repetitions are to come; use `on: [raised, escalated]`" },
  },
);
export type ActionDefinition = Static<typeof actionSchema>;

/** What an action answers. */
interface Answering {
  readonly on: readonly Trigger[];
}
/** An action that is delivered to somebody outside; its index in the rule is part of its ids. */
export type DeliveredAction = ReturnType<Kinds["webhook" | "email"]["normalise"]> & Answering;
/** The others are done by the engine. */
export type NormalAction = (ReturnType<Kinds["command" | "derive"]["normalise"]> & Answering) | DeliveredAction;
export type DeliveredKind = DeliveredAction["kind"];

interface AnyKind {
  check(definition: unknown, place: { pointer: string; metrics: readonly string[]; problems: Problems }): void;
  /** But for `on`. */
  normalise(definition: unknown): NormalAction;
  readonly answers?: readonly Trigger[];
  readonly delivery?: Delivery<DeliveredAction>;
}

function kindOf(name: KindName): AnyKind {
  return kinds[name] as unknown as AnyKind;
}

export function checkAction(
  action: ActionDefinition,
  metrics: readonly string[],
  pointer: string,
  problems: Problems,
): void {
  const named = kindNames.filter((name) => action[name] !== undefined);
  const [name] = named;
  if (name === undefined || named.length > 1) {
    problems.add(pointer, `needs exactly one of ${kindNames.join(", ")}; make it several actions if several are meant`);
  }
  for (const each of named) kindOf(each).check(action[each], { pointer: pointerTo(pointer, each), metrics, problems });
  const answers = name === undefined ? undefined : kindOf(name).answers;
  const other = answers && action.on?.find((trigger) => !answers.includes(trigger));
  if (other === undefined) return;
  problems.add(
    pointerTo(pointer, "on"),
    `names ${other}, and a ${name} is done when an episode is ${answers!.join(" or ")}: remove it`,
  );
}

/** `action` has passed `checkAction`. */
export function normaliseAction(action: ActionDefinition): NormalAction {
  const name = kindNames.find((each) => action[each] !== undefined)!;
  return { ...kindOf(name).normalise(action[name]), on: action.on ?? ["raised"] };
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
