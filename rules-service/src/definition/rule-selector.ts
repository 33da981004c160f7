import { Type, type Static } from "@sinclair/typebox";
import { idMatches } from "@headwater/aggregates";

const text = Type.String({ minLength: 1, maxLength: 256 });
const labelText = Type.String({ maxLength: 2000 });

/** Which rules; all that is named has to fit. */
export const ruleSelectorSchema = Type.Object(
  {
    ids: Type.Optional(
      Type.Array(text, {
        minItems: 1,
        maxItems: 1000,
        description: "One of these rules; * stands for any characters, as in boiler-*.",
      }),
    ),
    labels: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[A-Za-z0-9_.-]{1,63}$" }),
        Type.Union([labelText, Type.Array(labelText, { minItems: 1, maxItems: 100 })]),
        {
          minProperties: 1,
          maxProperties: 32,
          additionalProperties: false,
          description: "For every label: one of these values.",
        },
      ),
    ),
  },
  {
    title: "RuleSelector",
    additionalProperties: false,
    minProperties: 1,
    description: "Which rules, by their ids and their labels. All that is named has to fit.",
  },
);
export type RuleSelectorDefinition = Static<typeof ruleSelectorSchema>;

export interface SelectableRule {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a rule is selected; absent: every rule is. */
export function ruleSelector(definition: RuleSelectorDefinition | undefined): (rule: SelectableRule) => boolean {
  const { ids, labels = {} } = definition ?? {};
  const wanted = Object.entries(labels).map(([name, values]) => [name, new Set([values].flat())] as const);
  return (rule) =>
    (ids === undefined || ids.some((pattern) => idMatches(pattern, rule.id))) &&
    wanted.every(([name, values]) => Object.hasOwn(rule.labels, name) && values.has(rule.labels[name]!));
}
