import { ConfigError } from "@headwater/core";
import { commandFiltersOf, FirmwareTopics } from "@headwater/decode";
import type { AclRule } from "../../config/acl-settings.ts";
import { AnonymousPermissions, DevicePermissions, type Filters, type Permissions } from "./permissions.ts";
import { TopicRule, type DeviceFacts } from "./topic-rule.ts";

interface CompiledRule {
  readonly denies: boolean;
  /** It asks for nothing that a device alone has. */
  readonly forEveryone: boolean;
  readonly appliesTo: (facts: DeviceFacts) => boolean;
  readonly publish: readonly TopicRule[];
  readonly subscribe: readonly TopicRule[];
}

/**
 * The rules of the configuration: what they allow is added to a device's own topics and to those of its firmware, and
 * what they deny is taken from all of that, in whatever order they stand.
 */
export class AccessRules {
  readonly #rules: readonly CompiledRule[];
  readonly #firmware: FirmwareTopics;

  /** Throws ConfigError that names the rule and what is wrong with it. */
  constructor(rules: readonly AclRule[], firmware = new FirmwareTopics([])) {
    this.#firmware = firmware;
    this.#rules = rules.map(({ types, tags, publish, subscribe, deny = false }, index) => {
      if (publish === undefined && subscribe === undefined) {
        throw new ConfigError(`acl[${index}] ${deny ? "denies" : "grants"} nothing; give it publish or subscribe`);
      }
      return {
        denies: deny,
        forEveryone: types === undefined && tags === undefined,
        appliesTo: (facts) => hasType(facts, types) && hasTags(facts, tags),
        publish: compile(`acl[${index}].publish`, publish, false),
        subscribe: compile(`acl[${index}].subscribe`, subscribe, true),
      };
    });
  }

  permissionsOf(facts: DeviceFacts): Permissions {
    const rules = this.#rules.filter(({ appliesTo }) => appliesTo(facts));
    // An edge node of Sparkplug hears the commands to itself and to the devices behind it.
    const [node, behind] = commandFiltersOf(facts.device) ?? [];
    const own = node === undefined ? [] : [node, `${behind}#`];
    const { publish, subscribe } = filtersOf(
      rules.filter(({ denies }) => !denies),
      (rule) => rule.for(facts),
    );
    return new DevicePermissions(
      facts.device,
      { publish, subscribe: [...own, ...subscribe] },
      filtersOf(
        rules.filter(({ denies }) => denies),
        (rule) => rule.denialFor(facts),
      ),
      this.#firmware,
    );
  }

  /** Of whoever has no login. */
  get anonymous(): Permissions {
    const rules = this.#rules.filter(({ denies, forEveryone }) => denies && forEveryone);
    return new AnonymousPermissions(filtersOf(rules, (rule) => rule.denialFor(undefined)));
  }
}

function filtersOf(rules: readonly CompiledRule[], filterOf: (rule: TopicRule) => string | undefined): Filters {
  return {
    publish: rules.flatMap(({ publish }) => publish.flatMap((rule) => filterOf(rule) ?? [])),
    subscribe: rules.flatMap(({ subscribe }) => subscribe.flatMap((rule) => filterOf(rule) ?? [])),
  };
}

function compile(where: string, patterns: readonly string[] = [], mayShare: boolean): readonly TopicRule[] {
  return patterns.map((pattern, index) => {
    try {
      return new TopicRule(pattern, mayShare);
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
