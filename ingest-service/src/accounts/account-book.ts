import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ResourceError } from "@headwater/core";
import type { KnownSeries, SeriesName } from "../series-guard/known-series.ts";
import type { RecountedSeries } from "../series-guard/series-guard.ts";
import { emptyAccount, type PartitionAccount } from "./account.ts";
import { SeriesTable } from "./series-table.ts";

/** Changes whenever the same records give another account: accounts on disk are then counted again. */
const version = 6;

export interface AccountBookOptions {
  /** Created if missing; or ":memory:". Disposable: missing accounts are counted again from the log. */
  readonly file: string;
  /** Counts further, up to that offset; with the series that it finds stored. */
  recount(
    account: PartitionAccount,
    toOffset: number,
  ): Promise<{ readonly account: PartitionAccount; readonly series: RecountedSeries }>;
  /** How far back an account is begun if there is none, in records. */
  readonly maxRecount: number;
}

/**
 * The accounts of all partitions that this instance has projected or was asked for, on disk as of a committed offset.
 */
export class AccountBook {
  readonly #db: DatabaseSync;
  readonly #options: AccountBookOptions;
  readonly #accounts = new Map<number, PartitionAccount>();
  readonly #changed = new Map<number, SeriesName[]>();
  readonly #series: SeriesTable;
  readonly #catchingUp = new Map<number, Promise<PartitionAccount>>();

  /** Throws ResourceError if the file cannot be opened. */
  constructor(options: AccountBookOptions) {
    this.#options = options;
    this.#db = open(options.file);
    this.#series = new SeriesTable(this.#db);
    for (const row of this.#db.prepare("SELECT account FROM accounts").all()) {
      const account = JSON.parse(String(row["account"])) as PartitionAccount;
      this.#accounts.set(account.partition, account);
    }
  }

  /**
   * Keeps the account of a partition, as of an offset that is committed, and the series that began before that offset;
   * on disk with the next `save`.
   */
  keep(partition: number, account: PartitionAccount, series: readonly SeriesName[] = []): void {
    this.#accounts.set(partition, account);
    this.#noteSeries(partition, series);
  }

  /** Series that began otherwise than with a record behind the account: they are on disk when this returns. */
  addSeries(partition: number, series: readonly SeriesName[]): void {
    if (this.#db.isOpen) this.#series.add(partition, series);
  }

  forgetSeries(partition: number, owner: string): void {
    this.#savePartition(partition);
    if (this.#db.isOpen) this.#series.forget(partition, owner);
  }

  /** The store has let go of these. */
  releaseSeries(partition: number, names: readonly SeriesName[]): void {
    this.#savePartition(partition);
    if (!this.#db.isOpen) return;
    this.#db.exec("BEGIN IMMEDIATE");
    this.#series.release(partition, names);
    this.#db.exec("COMMIT");
  }

  /**
   * The series of a partition as of its account. `stored` is asked once in the life of the file for what the store has,
   * and again another time if it does not say.
   */
  async knownSeries(partition: number, stored: () => Promise<readonly SeriesName[] | undefined>): Promise<KnownSeries> {
    this.#savePartition(partition);
    if (!this.#series.isSeeded(partition)) {
      const names = await stored();
      if (names !== undefined) await this.#series.seed(partition, names);
    }
    return this.#series.load(partition);
  }

  /**
   * The account of a partition up to `offset`; `start` is the first offset that the log still has. The present account
   * is continued by reading the log from its end. An account that is too far behind, or of another log, is replaced by
   * a new one that begins `maxRecount` records before `offset`.
   */
  async catchUp(partition: number, offset: number, start: number): Promise<PartitionAccount> {
    // Concurrent calls for a partition share what the first of them reads.
    const before = this.#catchingUp.get(partition);
    if (before !== undefined) await before.catch(() => undefined);
    const catchingUp = this.#catchUp(partition, offset, start).finally(() => this.#catchingUp.delete(partition));
    this.#catchingUp.set(partition, catchingUp);
    return catchingUp;
  }

  save(): void {
    for (const partition of [...this.#changed.keys()]) this.#savePartition(partition);
  }

  close(): void {
    if (!this.#db.isOpen) return;
    this.save();
    this.#db.close();
  }

  async #catchUp(partition: number, offset: number, start: number): Promise<PartitionAccount> {
    const known = this.#accounts.get(partition);
    const usable = known !== undefined && known.offset <= offset && known.offset >= start;
    const from = Math.max(start, offset - this.#options.maxRecount);
    const begun = usable && known.offset >= from ? known : emptyAccount(partition, from);
    if (begun.offset === offset) return begun;
    const { account: counted, series } = await this.#options.recount(begun, offset);
    const account = { ...counted, newSeries: await this.#series.addHeard(partition, series, begun.newSeries) };
    this.keep(partition, account);
    return account;
  }

  #noteSeries(partition: number, series: readonly SeriesName[]): void {
    const before = this.#changed.get(partition);
    if (before === undefined) this.#changed.set(partition, [...series]);
    else for (const each of series) before.push(each);
  }

  /** The account and its series, both or neither. */
  #savePartition(partition: number): void {
    const series = this.#changed.get(partition);
    if (series === undefined || !this.#db.isOpen) return;
    this.#db.exec("BEGIN IMMEDIATE");
    this.#db
      .prepare("INSERT OR REPLACE INTO accounts (partition, account) VALUES (?, ?)")
      .run(partition, JSON.stringify(this.#accounts.get(partition)));
    this.#series.add(partition, series);
    this.#db.exec("COMMIT");
    this.#changed.delete(partition);
  }
}

function open(file: string): DatabaseSync {
  try {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(file);
    if (file !== ":memory:") chmodSync(file, 0o600);
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const { user_version: present } = db.prepare("PRAGMA user_version").get() as { user_version: number };
    if (present !== version) {
      for (const table of ["accounts", "series", "seeded"]) db.exec(`DROP TABLE IF EXISTS ${table}`);
      db.exec(`PRAGMA user_version = ${version}`);
    }
    db.exec("CREATE TABLE IF NOT EXISTS accounts (partition INTEGER PRIMARY KEY, account TEXT NOT NULL)");
    return db;
  } catch (cause) {
    throw new ResourceError(`The ledger's file ${file} cannot be used; delete it, it is made again from the log`, {
      cause,
    });
  }
}
