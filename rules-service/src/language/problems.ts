import type { SchemaProblem } from "@headwater/service/schema";

/** Most problems that one answer lists, so that a hostile body gets no long answer. */
export const maxProblems = 20;

/** Problems of one rule as they are found, at most `maxProblems`. */
export class Problems {
  readonly list: SchemaProblem[] = [];

  add(pointer: string, detail: string): void {
    if (this.list.length < maxProblems) this.list.push({ pointer, detail });
  }

  get full(): boolean {
    return this.list.length >= maxProblems;
  }

  get none(): boolean {
    return this.list.length === 0;
  }
}

/** The JSON Pointer (RFC 6901) of a member; a long key is cut. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).slice(0, 60).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** A value as messages name it: its kind, and the value itself if it is short. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "number" && !Number.isFinite(value)) return `${value}, which is no finite number`;
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : JSON.stringify(value);
  return typeof value === "string" ? `text ${text}` : `${typeof value} ${text}`;
}
