import type { ClientInternals } from "./aedes-internals.ts";

interface Pair {
  readonly name: string;
  readonly value: string;
}

/** User properties by name, as mqtt-packet reads them. */
type ByName = Readonly<Record<string, string | readonly string[]>>;

interface PropertyParser {
  [pairs]?: Pair[] | undefined;
  _parseProperties(): false | { userProperties?: ByName | readonly ByName[] };
  _parseStringPair(): Pair;
}

const pairs = Symbol("user properties in their order");

/**
 * User properties are passed on in their order [MQTT-3.3.2-18]. mqtt-packet reads them into an object, where a name
 * that comes again stands by its first, a number goes before every other name, and an empty value is overwritten; where
 * that would lose something they are a list of objects of one name each, which it writes as they are.
 */
export function keepPropertyOrder({ _parser }: Pick<ClientInternals, "_parser">): void {
  const prototype = Object.getPrototypeOf(_parser) as PropertyParser & { [keepsOrder]?: true };
  if (prototype[keepsOrder] === true) return;
  prototype[keepsOrder] = true;
  // oxlint-disable-next-line typescript/unbound-method -- they are called with their `this` below
  const { _parseProperties: parse, _parseStringPair: parsePair } = prototype;
  prototype._parseStringPair = function (this: PropertyParser) {
    const pair = parsePair.call(this);
    (this[pairs] ??= []).push(pair);
    return pair;
  };
  prototype._parseProperties = function (this: PropertyParser) {
    const result = parse.call(this);
    const read = this[pairs];
    if (read === undefined) return result;
    this[pairs] = undefined;
    if (result !== false && !isInOrder(result.userProperties as ByName, read)) {
      result.userProperties = read.map(({ name, value }) =>
        Object.assign(Object.create(null) as object, { [name]: value }),
      );
    }
    return result;
  };
}

const keepsOrder = Symbol("keeps the order of user properties");

function isInOrder(byName: ByName, read: readonly Pair[]): boolean {
  let at = 0;
  for (const name of Object.getOwnPropertyNames(byName)) {
    for (const value of [byName[name]!].flat()) {
      if (read[at]?.name !== name || read[at]!.value !== value) return false;
      at += 1;
    }
  }
  return at === read.length;
}
