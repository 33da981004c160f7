import { ConfigError } from "@headwater/core";

interface Name {
  readonly name: string;
  /** What would let this name and the next run into each other. */
  readonly reserved: string;
}

const braces = /\{([a-z][A-Za-z0-9]*)\}/g;
/** What no device's id may hold, and the sign by which it is written all the same. */
const neverAsItIs = /[/+#%\p{Cc}\p{Noncharacter_Code_Point}]/u;
/** These stand in what percent-encoding makes, so they separate nothing. */
const partOfAnyEncoding = /[A-Za-z0-9%]/g;

/**
 * A device's id from the levels of a topic, like `{group}:{node}`. A level is taken as it is wherever the pattern of
 * ids allows that, else as `encodeURIComponent` gives it. Since that goes for `%`, too, and for whatever separates a
 * level from the next one, two different topics never become one device.
 */
export class DeviceTemplate {
  readonly #literals: readonly string[];
  readonly #names: readonly Name[];

  /**
   * @param reserved characters that are encoded in every level
   * Throws ConfigError if two names have nothing between them that keeps them apart.
   */
  constructor(template: string, reserved = "") {
    const parts = template.split(braces);
    this.#literals = parts.filter((_part, index) => index % 2 === 0);
    const names = parts.filter((_part, index) => index % 2 === 1);
    this.#names = names.map((name, index) => {
      if (index === names.length - 1) return { name, reserved };
      const separators = this.#literals[index + 1]!.replace(partOfAnyEncoding, "");
      if (separators === "") {
        throw new ConfigError(
          `${template} has nothing between {${name}} and {${names[index + 1]!}} that keeps them apart; put a : there`,
        );
      }
      return { name, reserved: reserved + separators };
    });
  }

  get names(): readonly string[] {
    return this.#names.map(({ name }) => name);
  }

  idOf(values: ReadonlyMap<string, string>): string {
    let id = this.#literals[0]!;
    this.#names.forEach(({ name, reserved }, index) => {
      const rest = this.#literals[index + 1]!;
      const isWhole = { begins: id === "", ends: rest === "" && index === this.#names.length - 1 };
      id += encoded(values.get(name) ?? "", reserved, isWhole) + rest;
    });
    return id;
  }
}

/** The level as it may stand in an id. */
function encoded(
  level: string,
  reserved: string,
  { begins, ends }: { readonly begins: boolean; readonly ends: boolean },
): string {
  const isIn = (char: string): boolean => reserved.includes(char);
  const asItIs =
    !neverAsItIs.test(level) &&
    !level.split("").some(isIn) &&
    !(begins && (level.startsWith("$") || level.trimStart() !== level)) &&
    !(ends && level.trimEnd() !== level);
  if (asItIs) return level;
  // It leaves some marks alone, and one of them may be what separates two levels.
  const chars = encodeURIComponent(level.toWellFormed()).split("");
  return chars.map((char) => (isIn(char) ? percent(char) : char)).join("");
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Names of a template that a pattern has to give. */
export function templateNames(template: string): string[] {
  return [...template.matchAll(braces)].map((match) => match[1]!);
}
