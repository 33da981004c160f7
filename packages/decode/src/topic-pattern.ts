import { ConfigError } from "@headwater/core";

type Level = { readonly literal: string } | { readonly name: string; readonly rest: boolean };

const placeholder = /^\{([a-z][A-Za-z0-9]*)(\.\.\.)?\}$/;

/**
 * A pattern of topics: levels as they are, `+` for any one level, `{name}` for one level that is kept under the name,
 * `{name...}`, once, for one or more levels, and at the end `#` for as many. Placeholders never take an empty level,
 * nor do they match a topic that begins with `$`.
 */
export class TopicPattern {
  readonly #levels: readonly Level[];
  readonly #open: boolean;
  readonly names: readonly string[];

  /** Throws ConfigError if it is no pattern. */
  constructor(pattern: string) {
    const parts = pattern.split("/");
    this.#levels = parts.map((part, index) => levelOf(pattern, part, index === parts.length - 1));
    const rests = this.#levels.filter((level) => "rest" in level && level.rest).length;
    if (rests > 1) throw new ConfigError(`The topic pattern ${pattern} has more than one name for several levels`);
    this.#open = rests === 1;
    this.names = this.#levels.flatMap((level) => ("name" in level && level.name !== "" ? [level.name] : []));
    if (new Set(this.names).size !== this.names.length)
      throw new ConfigError(`The topic pattern ${pattern} uses a name twice`);
  }

  /** Whether it matches every topic that the other one does; false also where only a closer look would tell. */
  covers(other: TopicPattern): boolean {
    const [own, its] = [this.#levels, other.#levels];
    const covers = (mine: number, theirs: number): boolean => {
      const level = own[mine];
      const asked = its[theirs];
      if (level === undefined || asked === undefined) return level === asked;
      if ("literal" in level) {
        return "literal" in asked && level.literal === asked.literal && covers(mine + 1, theirs + 1);
      }
      if ("literal" in asked) {
        if (asked.literal === "" || (mine === 0 && asked.literal.startsWith("$"))) return false;
      } else if (asked.rest && !level.rest) return false;
      return covers(mine + 1, theirs + 1) || (level.rest && covers(mine, theirs + 1));
    };
    return covers(0, 0);
  }

  /** The levels by name; undefined if the topic does not have the pattern. */
  match(levels: readonly string[]): Map<string, string> | undefined {
    const own = this.#levels;
    if (this.#open ? levels.length < own.length : levels.length !== own.length) return undefined;
    const names = new Map<string, string>();
    // How many levels more than one the name for several takes: those behind it are as many later.
    const more = levels.length - own.length;
    let at = 0;
    for (const level of own) {
      const i = at;
      at += 1;
      if ("literal" in level) {
        if (level.literal !== levels[i]) return undefined;
        continue;
      }
      if (level.rest) at += more;
      const taken = level.rest ? levels.slice(i, at).join("/") : levels[i]!;
      if (taken === "" || (i === 0 && taken.startsWith("$"))) return undefined;
      if (level.name !== "") names.set(level.name, taken);
    }
    return names;
  }
}

function levelOf(pattern: string, part: string, last: boolean): Level {
  if (part === "+") return { name: "", rest: false };
  if (part === "#" && last) return { name: "", rest: true };
  const match = placeholder.exec(part);
  if (match !== null) return { name: match[1]!, rest: match[2] !== undefined };
  if (/[#{}]/.test(part)) throw new ConfigError(`${part} is no level of a topic pattern, in ${pattern}`);
  return { literal: part };
}
