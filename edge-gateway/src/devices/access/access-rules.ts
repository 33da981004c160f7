import { ConfigError } from "@headwater/core";
import { commandFiltersOf } from "@headwater/decode";
import type { AclRule } from "../../config/acl-settings.ts";
import { DevicePermissions, type Permissions } from "./permissions.ts";
import { TopicRule, type DeviceFacts } from "./topic-rule.ts";

interface CompiledRule {
  readonly appliesTo: (facts: DeviceFacts) => boolean;
  readonly publish: readonly TopicRule[];
  readonly subscribe: readonly TopicRule[];
}

/** The rules of the configuration. They only ever add to what a device may do under its own topics. */
export class AccessRules {
  readonly #rules: readonly CompiledRule[];

  /** Throws ConfigError that names the rule and what is wrong with it. */
  constructor(rules: readonly AclRule[]) {
    this.#rules = rules.map(({ types, tags, publish, subscribe }, index) => {
      if (publish === undefined && subscribe === undefined) {
        throw new ConfigError(`acl[${index}] grants nothing; give it publish or subscribe`);
      }
      return {
        appliesTo: (facts) => hasType(facts, types) && hasTags(facts, tags),
        publish: compile(`acl[${index}].publish`, publish),
        subscribe: compile(`acl[${index}].subscribe`, subscribe),
      };
    });
  }

  permissionsOf(facts: DeviceFacts): Permissions {
    const rules = this.#rules.filter(({ appliesTo }) => appliesTo(facts));
    // An edge node of Sparkplug hears the commands to itself and to the devices behind it.
    const [node, behind] = commandFiltersOf(facts.device) ?? [];
    const own = node === undefined ? [] : [node, `${behind}#`];
    return new DevicePermissions(
      facts.device,
      rules.flatMap(({ publish }) => publish.flatMap((rule) => rule.for(facts) ?? [])),
      [...own, ...rules.flatMap(({ subscribe }) => subscribe.flatMap((rule) => rule.for(facts) ?? []))],
    );
  }
}

function compile(where: string, patterns: readonly string[] = []): readonly TopicRule[] {
  return patterns.map((pattern, index) => {
    try {
      return new TopicRule(pattern);
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`${where}[${index}]: ${error.message}`);
      throw error;
    }
  });
}

function hasType({ type }: DeviceFacts, types: readonly string[] | undefined): boolean {
  return types === undefined || types.includes(type);
}

function hasTags(facts: DeviceFacts, tags: Readonly<Record<string, readonly string[]>> = {}): boolean {
  return Object.entries(tags).every(
    ([name, values]) => Object.hasOwn(facts.tags, name) && values.includes(facts.tags[name]!),
  );
}
