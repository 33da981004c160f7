/** What was, what is, and what was taken back: the newest last. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** Changes of one kind right after each other, as the letters of a word, are one step. */
  readonly kind: string;
}

const mostSteps = 100;

export function begun<T>(present: T): History<T> {
  return { past: [], present, future: [], kind: "" };
}

export function changed<T>(history: History<T>, present: T, kind: string): History<T> {
  if (kind !== "" && kind === history.kind) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-mostSteps), present, future: [], kind };
}

export function undone<T>({ past, present, future, kind }: History<T>): History<T> {
  const before = past.at(-1);
  if (before === undefined) return { past, present, future, kind };
  return { past: past.slice(0, -1), present: before, future: [...future, present], kind: "" };
}

export function redone<T>({ past, present, future, kind }: History<T>): History<T> {
  const next = future.at(-1);
  if (next === undefined) return { past, present, future, kind };
  return { past: [...past, present], present: next, future: future.slice(0, -1), kind: "" };
}
