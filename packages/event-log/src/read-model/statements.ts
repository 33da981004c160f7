import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Statements of one database, prepared when they are first used. */
class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

const cache = new WeakMap<DatabaseSync, Statements>();

/**
 * The prepared statements of a database. Whoever folds small batches, a record or two each, would spend more on
 * preparing than on running them.
 */
export function statementsOf(db: DatabaseSync): Statements {
  let statements = cache.get(db);
  if (statements === undefined) {
    statements = new Statements(db);
    cache.set(db, statements);
  }
  return statements;
}
