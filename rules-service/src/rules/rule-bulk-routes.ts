import { Pace } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import { decodeCursor, isTextPlace, pageOf, principalOf, type HttpApp } from "@headwater/service";
import { bulkAnswer, bulkCursor, bulkIds, checkChoice, mostAtOnce, writeEach } from "../bulk/write-each.ts";
import { ruleSelector, ruleSelectorSchema } from "../definition/index.ts";
import type { RuleModel } from "./rule-model.ts";
import type { RuleWrites } from "./rule-writes.ts";

export interface RuleBulkRoutesOptions {
  readonly model: RuleModel;
  readonly writes: RuleWrites;
  readonly timeoutMs: number;
}

const filter = Type.Object(
  {
    ...ruleSelectorSchema.properties,
    state: Type.Optional(Type.Union(["draft", "live", "shadow", "disabled"].map((mode) => Type.Literal(mode)))),
  },
  {
    title: "RuleFilter",
    additionalProperties: false,
    description: "Rules for which all of it fits. {}: every rule.",
  },
);
const body = Type.Object(
  { ids: bulkIds, filter: Type.Optional(filter), cursor: bulkCursor },
  { title: "RulesToSwitch", additionalProperties: false },
);

/** Rules that are looked at for one page of those that fit. */
const rulesAPage = 200;

/** Rules switched many at a time: each is answered singly, as if it had been asked for alone. */
export function ruleBulkRoutes(app: HttpApp, { model, writes, timeoutMs }: RuleBulkRoutesOptions): void {
  for (const [verb, mode, what] of [
    ["enable", "live", "Switch rules on"],
    ["disable", "disabled", "Switch rules off"],
    ["shadow", "shadow", "Evaluate rules without effects"],
  ] as const) {
    app.post(
      `/api/v1/rules/${verb}`,
      {
        schema: {
          operationId: `${verb}Rules`,
          summary: `${what}, up to ${mostAtOnce} at once: those of the ids, or those that fit a filter, by id`,
          tags: ["rules"],
          body,
          response: { 200: bulkAnswer },
        },
      },
      async (request) => {
        const given = request.body;
        checkChoice(given);
        const write = { by: principalOf(request).id, precondition: undefined };
        const each = (ids: readonly string[]) => writeEach(ids, timeoutMs, (id) => writes.switchTo(id, mode, write));
        if (given.ids !== undefined) return { ...(await each(given.ids)), next: null };
        const { state, ...selector } = given.filter!;
        const after = decodeCursor(request, given.cursor, isTextPlace) ?? "";
        const found = await matching(model, ruleSelector(selector), state, after);
        const page = pageOf(request, found, mostAtOnce, String, String);
        return { ...(await each(page.items)), next: page.next };
      },
    );
  }
}

/** One more id than a request may name, if there are so many. */
async function matching(
  model: RuleModel,
  fits: ReturnType<typeof ruleSelector>,
  state: string | undefined,
  after: string,
): Promise<string[]> {
  const found: string[] = [];
  const pace = new Pace();
  let from = after;
  while (found.length <= mostAtOnce) {
    const page = model.list(from, state, rulesAPage);
    for (const { state: rule } of page) {
      if (pace.isDue) await pace.rest();
      if (fits({ id: rule.id, labels: labelsOf(rule.revisions.at(-1)?.definition) })) found.push(rule.id);
      from = rule.id;
    }
    if (page.length < rulesAPage) break;
  }
  return found.slice(0, mostAtOnce + 1);
}

/** As they are written, also where this version cannot read the rest. */
function labelsOf(definition: string | undefined): Readonly<Record<string, string>> {
  try {
    return (JSON.parse(definition ?? "{}") as { labels?: Record<string, string> } | null)?.labels ?? {};
  } catch {
    return {};
  }
}
