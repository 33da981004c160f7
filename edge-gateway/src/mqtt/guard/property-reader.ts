import { idCount, kinds, properties, type Property } from "./properties.ts";
import { fieldEnd, isText } from "./text-check.ts";
import { checkTopicName } from "./topic-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

const longestVariable = 4;

/**
 * Walks the properties of a packet of MQTT 5 where they lie (section 2.2.2). One is enough for all connections: a
 * packet is read to its end before another begins, and what is remembered of it lies in fields, not in objects.
 */
export class PropertyReader {
  /** Where the properties end. */
  end = 0;
  /** The identifier that was read last, for whoever tells what was wrong with it; -1: none. */
  last = -1;
  /** The value of a variable byte integer that was read. */
  #variable = 0;
  #seenLow = 0;
  #seenHigh = 0;
  readonly #values = new Float64Array(idCount);

  /**
   * @param at where the length of the properties begins
   * @param to where the packet ends
   * @param packet its type, or `willProperties`
   */
  read(bytes: Uint8Array, at: number, to: number, packet: number, limits: GuardLimits): Violation | undefined {
    this.#seenLow = 0;
    this.#seenHigh = 0;
    this.last = -1;
    const from = this.#readVariable(bytes, at, to);
    if (from < 0) return this.#variableFault(bytes, at, to);
    const length = this.#variable;
    const end = from + length;
    if (end > to) return "truncated-packet";
    this.end = end;
    if (length > limits.maxPropertyBytes) return "too-many-properties";
    let userProperties = 0;
    for (let next = from; next < end;) {
      const id = bytes[next]!;
      this.last = id;
      // Identifiers of more than one byte are not in use.
      const property = id < idCount ? properties[id] : undefined;
      if (property === undefined) return "unknown-property";
      const after = this.#readValue(bytes, next + 1, end, property);
      if (after < 0) return this.#valueFault(bytes, next + 1, end, property);
      if ((property.packets & (1 << packet)) === 0) return "misplaced-property";
      if (property.repeats) {
        userProperties += 1;
        if (userProperties > limits.maxUserProperties) return "too-many-properties";
      } else if (!this.#mark(id)) return "repeated-property";
      const value = this.#values[id]!;
      if (value < property.least || value > property.most) return "property-value";
      if (property.isTopic && checkTopicName(bytes, next + 3, after, limits) !== undefined) return "property-value";
      next = after;
    }
    return undefined;
  }

  has(id: number): boolean {
    return ((id < 32 ? this.#seenLow : this.#seenHigh) & (1 << (id & 31))) !== 0;
  }

  /** The number that was read, or `otherwise` if the packet has no such property. */
  value(id: number, otherwise: number): number {
    return this.has(id) ? this.#values[id]! : otherwise;
  }

  /** False if it was there already. */
  #mark(id: number): boolean {
    if (this.has(id)) return false;
    if (id < 32) this.#seenLow |= 1 << id;
    else this.#seenHigh |= 1 << (id & 31);
    return true;
  }

  /** Where the value ends; -1: it is not what its kind wants. */
  #readValue(bytes: Uint8Array, at: number, to: number, { id, kind }: Property): number {
    switch (kind) {
      case kinds.byte:
        if (at + 1 > to) return -1;
        this.#values[id] = bytes[at]!;
        return at + 1;
      case kinds.twoBytes:
        if (at + 2 > to) return -1;
        this.#values[id] = (bytes[at]! << 8) | bytes[at + 1]!;
        return at + 2;
      case kinds.fourBytes:
        if (at + 4 > to) return -1;
        this.#values[id] =
          bytes[at]! * 0x1_00_00_00 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
        return at + 4;
      case kinds.variable: {
        const end = this.#readVariable(bytes, at, to);
        this.#values[id] = this.#variable;
        return end;
      }
      case kinds.pair: {
        const value = textEnd(bytes, at, to);
        return value < 0 ? -1 : textEnd(bytes, value, to);
      }
      default:
        return kind === kinds.text ? textEnd(bytes, at, to) : fieldEnd(bytes, at, to);
    }
  }

  /** Where it ends; -1: it ends beyond the packet, or is longer than four bytes or than it need be (1.5.5). */
  #readVariable(bytes: Uint8Array, at: number, to: number): number {
    let value = 0;
    for (let i = 0; i < longestVariable && at + i < to; i += 1) {
      const byte = bytes[at + i]!;
      value |= (byte & 0x7f) << (7 * i);
      if (byte >= 0x80) continue;
      if (byte === 0 && i > 0) return -1;
      this.#variable = value;
      return at + i + 1;
    }
    return -1;
  }

  #variableFault(bytes: Uint8Array, at: number, to: number): Violation {
    for (let i = 0; i < longestVariable; i += 1) {
      if (at + i >= to) return "truncated-packet";
      if (bytes[at + i]! < 0x80) break;
    }
    return "variable-integer";
  }

  #valueFault(bytes: Uint8Array, at: number, to: number, { kind }: Property): Violation {
    if (kind === kinds.variable) return this.#variableFault(bytes, at, to);
    if (kind !== kinds.text && kind !== kinds.pair) return "truncated-packet";
    const end = fieldEnd(bytes, at, to);
    if (end < 0 || (kind === kinds.pair && fieldEnd(bytes, end, to) < 0)) return "truncated-packet";
    return "invalid-text";
  }
}

/** What of a packet a person can find again: the name of the property that was read last. */
export function propertyName(id: number): string | undefined {
  return properties[id]?.name ?? (id < 0 ? undefined : `property 0x${id.toString(16).padStart(2, "0")}`);
}

function textEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = fieldEnd(bytes, at, to);
  return end < 0 || !isText(bytes, at + 2, end) ? -1 : end;
}
