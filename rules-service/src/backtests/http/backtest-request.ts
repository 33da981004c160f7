import { Type, type Static } from "@sinclair/typebox";
import { nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import { InvalidRequestError, timeReference } from "@headwater/service";
import { canonicalRule, parseRule, writtenRuleSchema } from "../../definition/index.ts";
import { presentRule } from "../../rules/rule-writes.ts";
import type { RuleModel, StoredRule } from "../../rules/rule-model.ts";
import { storedDefinition, UnreadableRuleError } from "../../rules/stored-definition.ts";
import type { BacktestRequest } from "../backtests.ts";
import type { RuleOfBacktest } from "../kept/backtest-record.ts";

const time = (description: string) => Type.String({ maxLength: 60, description, ...timeReference });
const fields = {
  revision: Type.Optional(Type.Integer({ minimum: 1, description: "Of a rule that is named by its id" })),
  from: time("Records appended at or after: ISO 8601, or relative like -7d"),
  to: Type.Optional(time("Records appended before; default: now")),
  against: Type.Optional(
    Type.Union([Type.Literal("live"), Type.Literal("none"), Type.Integer({ minimum: 1 })], {
      description:
        "What it is compared with: the live revision of the rule, nothing, or a revision. Default: the live one, if there is one and it is another",
    }),
  ),
  keep: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        "false: it is for whoever listens to it, and is cancelled and forgotten when nobody has listened to its progress, nor asked for it, for half a minute",
    }),
  ),
};

export const backtestBody = Type.Object(
  { rule: Type.Unknown(), ...fields },
  { additionalProperties: false, title: "BacktestBody" },
);

/** As it is documented: the rule is checked apart, by what says more of it. */
export const documentedBacktestBody = Type.Object(
  {
    rule: Type.Union([
      Type.String({ minLength: 1, maxLength: 100, description: "The id of a rule" }),
      writtenRuleSchema,
    ]),
    ...fields,
  },
  { additionalProperties: false, title: "BacktestRequest" },
);

/** Throws RequestError: 400 `invalid-request`, `invalid-time`, `invalid-range`; 404 `rule-unknown`; 409 `conflict`. */
export function backtestRequest(
  body: Static<typeof backtestBody>,
  by: string,
  model: Pick<RuleModel, "get">,
): BacktestRequest {
  const now = nowMicros();
  const from = parseTimeRef(body.from, now);
  const to = body.to === undefined ? now : parseTimeRef(body.to, now);
  if (from >= to) {
    throw new RequestError(400, "invalid-range", "`from` has to be before `to`, and before now");
  }
  const tried = triedRule(body, model);
  const against = comparedRule(tried, body.against, model);
  return { tried, against, from, to, by, ...(body.keep === false && { keep: false }) };
}

function triedRule({ rule, revision }: Static<typeof backtestBody>, model: Pick<RuleModel, "get">): RuleOfBacktest {
  if (typeof rule === "string") return revisionOf(presentRule(model.get(rule), rule), revision);
  if (revision !== undefined) {
    const detail = "is of a rule that is named by its id; leave it out, or give the id as `rule`";
    throw new InvalidRequestError("body", [{ pointer: "/revision", detail }]);
  }
  const isNameless = typeof rule === "object" && rule !== null && !Array.isArray(rule) && !Object.hasOwn(rule, "id");
  const parsed = parseRule(isNameless ? { id: "draft", ...rule } : rule);
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ pointer, detail }) => ({ pointer: `/rule${pointer}`, detail }));
    throw new InvalidRequestError("rule", problems);
  }
  return { id: parsed.definition.id, revision: undefined, definition: parsed.definition };
}

function comparedRule(
  tried: RuleOfBacktest,
  against: "live" | "none" | number | undefined,
  model: Pick<RuleModel, "get">,
): RuleOfBacktest | undefined {
  if (against === "none") return undefined;
  const stored = model.get(tried.id);
  if (typeof against === "number") return revisionOf(presentRule(stored, tried.id), against);
  const isLive = stored !== undefined && (stored.state.mode === "live" || stored.state.mode === "shadow");
  if (!isLive) {
    if (against === undefined) return undefined;
    const detail = `Rule ${tried.id} is not live; name a revision to compare with, or leave \`against\` out`;
    throw new RequestError(409, "conflict", detail);
  }
  const live = revisionOf(stored, undefined);
  const isItself = canonicalRule(live.definition) === canonicalRule(tried.definition);
  return against === undefined && isItself ? undefined : live;
}

function revisionOf({ state }: StoredRule, wanted: number | undefined): RuleOfBacktest {
  const revision = wanted === undefined ? state.revisions.at(-1) : state.revisions.find((it) => it.revision === wanted);
  if (revision === undefined) {
    throw new RequestError(404, "rule-unknown", `Rule ${state.id} has no revision ${wanted}`);
  }
  try {
    return { id: state.id, revision: revision.revision, definition: storedDefinition(revision, state.id) };
  } catch (error) {
    if (!(error instanceof UnreadableRuleError)) throw error;
    throw new RequestError(422, "undecodable", error.message, { cause: error });
  }
}
