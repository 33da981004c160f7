import { type Draft, type Fault, type Path, pointerOf, valueAt, withValue } from "./draft.ts";

/** What the fields of a form need: a draft to read, a way to change it, and what is wrong where. */
export interface Form {
  at(path: Path): unknown;
  set(path: Path, value: unknown): void;
  faultAt(path: Path): string | undefined;
}

export function formOf(draft: Draft, onDraft: (draft: Draft) => void, faults: readonly Fault[]): Form {
  return {
    at: (path) => valueAt(draft.definition, path),
    set: (path, value) => onDraft(withValue(draft, path, value)),
    faultAt(path) {
      const pointer = pointerOf(path);
      return faults.find((fault) => fault.pointer === pointer)?.detail;
    },
  };
}
