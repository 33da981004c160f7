import type { DatabaseSync, StatementSync } from "node:sqlite";
import { classes, type ClassMarks, KEPT_FOR_EVER, NO_MARKS, type Retention } from "../retention.ts";

/** What the file knows of itself beside its points. */
export class Facts {
  readonly #get: StatementSync;
  readonly #set: StatementSync;

  constructor(database: DatabaseSync) {
    this.#get = database.prepare("SELECT value FROM facts WHERE name = ?");
    this.#set = database.prepare("REPLACE INTO facts VALUES (?, ?)");
  }

  get retention(): Retention | undefined {
    return this.#byClass("retention", Infinity);
  }

  set retention(retention: Retention) {
    this.#put("retention", retention);
  }

  /** Where the classes begin; points before theirs may still be on their way into roll-ups. */
  get marks(): ClassMarks {
    return this.#byClass("marks", -Infinity) ?? NO_MARKS;
  }

  set marks(marks: ClassMarks) {
    this.#put("marks", marks);
  }

  /** The marks that everything on disk agrees with. */
  get reached(): ClassMarks {
    return this.#byClass("reached", -Infinity) ?? NO_MARKS;
  }

  set reached(marks: ClassMarks) {
    this.#put("reached", marks);
  }

  /** JSON has no infinity: it is left out. */
  #byClass(name: string, absent: number): Retention | undefined {
    const value = this.#get.get(name)?.["value"];
    if (value === undefined) return undefined;
    const known = JSON.parse(String(value)) as Partial<Retention>;
    return { raw: known.raw ?? absent, minute: known.minute ?? absent, hour: known.hour ?? absent };
  }

  #put(name: string, values: Retention): void {
    const finite = classes.filter((each) => Number.isFinite(values[each])).map((each) => [each, values[each]]);
    this.#set.run(name, JSON.stringify(Object.fromEntries(finite)));
  }
}

export interface RetentionChoice {
  /** What somebody has set. */
  readonly set?: Partial<Retention> | undefined;
  /** What holds in a new store where nothing is set. */
  readonly ofNew?: Retention | undefined;
}

/**
 * The retention of a store, which is kept in its file: one that is there keeps what it has until somebody sets another.
 * A file of a version that knew of no classes had one retention, after which nothing was left.
 */
export function retentionOf(
  facts: Facts,
  isNew: boolean,
  { set = {}, ofNew = KEPT_FOR_EVER }: RetentionChoice,
): Retention {
  const before =
    facts.retention ?? (isNew ? ofNew : { ...(set.raw === undefined ? ofNew : KEPT_FOR_EVER), raw: Infinity });
  const retention = { ...before, ...set };
  facts.retention = retention;
  return retention;
}
