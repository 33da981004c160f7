import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ResourceError } from "@headwater/core";
import { emptyAccount, type PartitionAccount } from "./account.ts";

/** Changes whenever the same records give another account: accounts on disk are then counted again. */
const version = 4;

export interface AccountBookOptions {
  /** Created if missing; or ":memory:". Disposable: missing accounts are counted again from the log. */
  readonly file: string;
  /** Counts further, up to that offset. */
  recount(account: PartitionAccount, toOffset: number): Promise<PartitionAccount>;
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
  readonly #changed = new Set<number>();
  readonly #catchingUp = new Map<number, Promise<PartitionAccount>>();

  /** Throws ResourceError if the file cannot be opened. */
  constructor(options: AccountBookOptions) {
    this.#options = options;
    this.#db = open(options.file);
    for (const row of this.#db.prepare("SELECT account FROM accounts").all()) {
      const account = JSON.parse(String(row["account"])) as PartitionAccount;
      this.#accounts.set(account.partition, account);
    }
  }

  /** Keeps the account of a partition, as of an offset that is committed; on disk with the next `save`. */
  keep(partition: number, account: PartitionAccount): void {
    this.#accounts.set(partition, account);
    this.#changed.add(partition);
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
    if (this.#changed.size === 0 || !this.#db.isOpen) return;
    const put = this.#db.prepare("INSERT OR REPLACE INTO accounts (partition, account) VALUES (?, ?)");
    this.#db.exec("BEGIN IMMEDIATE");
    for (const partition of this.#changed) put.run(partition, JSON.stringify(this.#accounts.get(partition)));
    this.#db.exec("COMMIT");
    this.#changed.clear();
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
    const account = await this.#options.recount(begun, offset);
    this.keep(partition, account);
    return account;
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
      db.exec("DROP TABLE IF EXISTS accounts");
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
