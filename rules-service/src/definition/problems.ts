/** What is wrong with a rule, where (a JSON Pointer, RFC 6901), and what to do about it. */
export interface RuleProblem {
  readonly pointer: string;
  readonly message: string;
}

/** Most problems that one answer lists; a hostile body gets no long answer. */
export const maxProblems = 20;

export class Problems {
  readonly list: RuleProblem[] = [];

  add(pointer: string, message: string): void {
    if (this.list.length < maxProblems) this.list.push({ pointer, message });
  }

  get full(): boolean {
    return this.list.length >= maxProblems;
  }

  get none(): boolean {
    return this.list.length === 0;
  }
}

export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).slice(0, 60).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** How a value is named in a message: its kind, and itself where it is short. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : JSON.stringify(value);
  return typeof value === "string" ? `text ${text}` : `${typeof value} ${text}`;
}
