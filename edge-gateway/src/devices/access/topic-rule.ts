import { ConfigError } from "@headwater/core";
import { sharePrefix } from "./shared-filter.ts";
import { isTopicFilter } from "./topic-filter.ts";

/** The facts of a device that its rules are made from; from the registry. */
export interface DeviceFacts {
  readonly device: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
}

const sharedRule = /^\$share\/[^/]+\/(?!\$)./;
const placeholder = /\{([^{}]*)\}/g;
const tagPrefix = "tag.";
/** What would make more levels, or a wildcard, of one value. */
const splitsLevels = /[/+#\p{Cc}]/u;

/**
 * A topic filter with `{device}`, `{type}` and `{tag.<name>}` in it. For a device that lacks such a tag, or whose value
 * would be more than a part of one level, the rule grants nothing.
 */
export class TopicRule {
  readonly #pattern: string;

  /**
   * Throws ConfigError if it is no filter, or has a placeholder that is none.
   * @param mayShare whether it may be one of shared subscriptions
   */
  constructor(pattern: string, mayShare = false) {
    this.#pattern = pattern;
    for (const [text, name] of pattern.matchAll(placeholder)) {
      if (name === "device" || name === "type" || (name!.startsWith(tagPrefix) && name!.length > tagPrefix.length))
        continue;
      throw new ConfigError(`${text} in ${pattern} is no placeholder; there are {device}, {type} and {tag.<name>}`);
    }
    if (!isTopicFilter(pattern.replaceAll(placeholder, "x"))) {
      throw new ConfigError(`${pattern} is no topic filter: + and # have to be levels of their own, # the last`);
    }
    if (pattern.startsWith("$") && !(mayShare && sharedRule.test(pattern))) {
      const but = mayShare ? " but for $share/{group}/{filter}" : "";
      throw new ConfigError(`${pattern} begins with $, which is closed to devices${but}`);
    }
  }

  /** The filter for this device; undefined if there is none. */
  for(facts: DeviceFacts): string | undefined {
    let complete = true;
    const filter = this.#pattern.replaceAll(placeholder, (_text, name: string) => {
      const value = valueOf(facts, name);
      if (value === undefined || value === "" || splitsLevels.test(value)) complete = false;
      return value ?? "";
    });
    const isOpen = !filter.startsWith("$") || (this.#pattern.startsWith(sharePrefix) && sharedRule.test(filter));
    return complete && isOpen ? filter : undefined;
  }

  /**
   * The filter of a rule that denies; without facts, for whoever has no login. Where a value is missing, or would be
   * more than a part of one level, its level stands for any: nobody escapes by a tag that is odd.
   */
  denialFor(facts: DeviceFacts | undefined): string {
    const levels = this.#pattern.split("/").map((level) => {
      let complete = true;
      const filled = level.replaceAll(placeholder, (_text, name: string) => {
        const value = facts === undefined ? undefined : valueOf(facts, name);
        if (value === undefined || value === "" || splitsLevels.test(value)) complete = false;
        return value ?? "";
      });
      return complete ? filled : "+";
    });
    return levels.join("/");
  }
}

function valueOf({ device, type, tags }: DeviceFacts, name: string): string | undefined {
  if (name === "device") return device;
  if (name === "type") return type;
  const tag = name.slice(tagPrefix.length);
  return Object.hasOwn(tags, tag) ? tags[tag] : undefined;
}
