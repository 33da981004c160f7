import type { Device } from "@headwater/aggregates";
import type { SelectorKeys } from "../definition/selector-keys.ts";
import type { Rule } from "./rule.ts";

/**
 * Finds the rules that may select a device by what their selectors name: its id, the beginning of its id, its type or
 * one of its tags. A rule that names none of them is found by every device. Whether a rule that was found does select
 * the device is for the rule to say.
 */
export class SelectorIndex {
  /** Of every device, in order of their ids. */
  #every: Rule[] = [];
  readonly #byId = new Map<string, Set<Rule>>();
  readonly #byPrefix = new Map<string, Set<Rule>>();
  readonly #byType = new Map<string, Set<Rule>>();
  readonly #byTag = new Map<string, Map<string, Set<Rule>>>();
  /** How many prefixes there are of each length. */
  readonly #prefixLengths = new Map<number, number>();

  add(rule: Rule): void {
    const { ids, prefixes, types, tag } = rule.selectorKeys;
    if (isEvery(rule.selectorKeys)) insertInOrder(this.#every, rule);
    for (const id of ids) put(this.#byId, id, rule);
    for (const prefix of prefixes) {
      if (!put(this.#byPrefix, prefix, rule)) continue;
      this.#prefixLengths.set(prefix.length, (this.#prefixLengths.get(prefix.length) ?? 0) + 1);
    }
    for (const type of types) put(this.#byType, type, rule);
    if (tag === undefined) return;
    const byValue = this.#byTag.get(tag.name) ?? new Map<string, Set<Rule>>();
    this.#byTag.set(tag.name, byValue);
    for (const value of tag.values) put(byValue, value, rule);
  }

  delete(rule: Rule): void {
    const { ids, prefixes, types, tag } = rule.selectorKeys;
    if (isEvery(rule.selectorKeys)) this.#every = this.#every.filter((other) => other !== rule);
    for (const id of ids) take(this.#byId, id, rule);
    for (const prefix of prefixes) {
      if (!take(this.#byPrefix, prefix, rule)) continue;
      const left = this.#prefixLengths.get(prefix.length)! - 1;
      if (left > 0) this.#prefixLengths.set(prefix.length, left);
      else this.#prefixLengths.delete(prefix.length);
    }
    for (const type of types) take(this.#byType, type, rule);
    const byValue = tag && this.#byTag.get(tag.name);
    if (tag === undefined || byValue === undefined) return;
    for (const value of tag.values) take(byValue, value, rule);
    if (byValue.size === 0) this.#byTag.delete(tag.name);
  }

  /** The rules that select a device, in order of their ids. */
  of(id: string, device: Device | undefined): Rule[] {
    const selecting = this.#every.filter((rule) => rule.selects(id, device));
    const named = new Set<Rule>();
    for (const rules of this.#named(id, device)) {
      for (const rule of rules) if (rule.selects(id, device)) named.add(rule);
    }
    if (named.size === 0) return selecting;
    return [...selecting, ...named].toSorted(byRuleId);
  }

  /** Whether any rule selects a device. */
  some(id: string, device: Device | undefined): boolean {
    if (this.#every.some((rule) => rule.selects(id, device))) return true;
    for (const rules of this.#named(id, device)) {
      for (const rule of rules) if (rule.selects(id, device)) return true;
    }
    return false;
  }

  /** The rules that name the device by one thing or another. */
  *#named(id: string, device: Device | undefined): Generator<ReadonlySet<Rule>> {
    const own = this.#byId.get(id);
    if (own !== undefined) yield own;
    for (const length of this.#prefixLengths.keys()) {
      const rules = length <= id.length ? this.#byPrefix.get(id.slice(0, length)) : undefined;
      if (rules !== undefined) yield rules;
    }
    if (device === undefined) return;
    const typed = this.#byType.get(device.type);
    if (typed !== undefined) yield typed;
    for (const [name, byValue] of this.#byTag) {
      const rules = Object.hasOwn(device.tags, name) ? byValue.get(device.tags[name]!) : undefined;
      if (rules !== undefined) yield rules;
    }
  }
}

export function byRuleId(a: Rule, b: Rule): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function insertInOrder(rules: Rule[], rule: Rule): void {
  let low = 0;
  let high = rules.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byRuleId(rules[middle]!, rule) < 0) low = middle + 1;
    else high = middle;
  }
  rules.splice(low, 0, rule);
}

function isEvery({ ids, prefixes, types, tag }: SelectorKeys): boolean {
  return ids.length + prefixes.length + types.length === 0 && tag === undefined;
}

/** True: the key is new. */
function put(map: Map<string, Set<Rule>>, key: string, rule: Rule): boolean {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, new Set([rule]));
  else rules.add(rule);
  return rules === undefined;
}

/** True: nothing is left of the key. */
function take(map: Map<string, Set<Rule>>, key: string, rule: Rule): boolean {
  const rules = map.get(key);
  if (rules?.delete(rule) !== true || rules.size > 0) return false;
  return map.delete(key);
}
