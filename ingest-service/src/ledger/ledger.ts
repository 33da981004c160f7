import type { EventLog } from "@headwater/event-log";
import { InvariantError, sleep } from "@headwater/core";
import { type Gap, type PartitionAccount } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/account-book.ts";
import { gatewayRows, type GatewayRow } from "./gateway-rows.ts";
import { accountColumns, rowOf, type LedgerColumns, type LedgerRow } from "./ledger-row.ts";
import { Findings, type Verification } from "./verify/findings.ts";
import { storedSeries } from "./verify/stored-series.ts";
import { type VerifyOptions, verifyPartition, type VerifyRange } from "./verify/verify.ts";

export interface LedgerOptions {
  readonly log: Pick<EventLog, "positions" | "committed">;
  readonly group: string;
  readonly topic: string;
  readonly book: AccountBook;
  readonly verify: VerifyOptions;
  /** Resolves once what is re-driven up to now is known. */
  readonly quarantineKnown: (partition: number) => Promise<void>;
  /** The account with its re-driven events in the columns where they are now. */
  readonly moved: (account: PartitionAccount) => PartitionAccount;
  /** Commits the offsets of stored points, so that the ledger counts them. */
  readonly flush: () => Promise<void>;
  /** The account of a partition that this instance owns, up to its last stored point. */
  readonly ownAccount: (partition: number) => PartitionAccount | undefined;
  /** Milliseconds that an answer waits for the projection to reach the end of the log. */
  readonly projectionWaitMs: number;
}

export interface LedgerAnswer {
  readonly balanced: boolean;
  readonly partitions: readonly LedgerRow[];
  readonly totals: LedgerColumns;
  readonly gateways: readonly GatewayRow[];
  readonly gaps: readonly (Gap & { readonly partition: number })[];
  readonly gapsLeftOut: number;
  readonly verified?: Verification;
}

/** The loss ledger: every instance recomputes it from the log, for all partitions and not only its own. */
export class Ledger {
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /**
   * Rejects with the errors of log and store, and with RequestError (422) if the range to verify is too large.
   */
  async answer(range?: VerifyRange): Promise<LedgerAnswer> {
    const { log, topic, book, ownAccount } = this.#options;
    const positions = await log.positions(topic);
    const committed = await this.#projected(positions);
    const findings = range === undefined ? undefined : new Findings();
    const { verify } = this.#options;
    const stored = range === undefined ? undefined : await storedSeries(verify.store, verify.partitions);
    const rows: LedgerRow[] = [];
    const accounts: PartitionAccount[] = [];
    const gaps: (Gap & { partition: number })[] = [];
    let gapsLeftOut = 0;
    for (const { partition, start, end } of positions) {
      const offset = Math.max(committed.get(partition) ?? start, start);
      const mine = ownAccount(partition);
      const projected = mine?.offset === offset ? mine : await book.catchUp(partition, offset, start);
      await this.#options.quarantineKnown(partition);
      const account = this.#options.moved(projected);
      const before = findings?.counts.overwritten ?? 0;
      if (findings !== undefined && range !== undefined) {
        // One partition in memory at a time.
        const verified = { partition, start, end: offset, stored: stored?.get(partition) ?? [] };
        await verifyPartition(verify, verified, range, findings);
      }
      const overwritten = findings === undefined ? account.counts.overwritten : findings.counts.overwritten - before;
      rows.push({ ...rowOf(account, Math.max(0, end - offset)), overwritten });
      accounts.push(account);
      gaps.push(...account.gaps.map((gap) => ({ ...gap, partition })));
      gapsLeftOut += account.gapsLeftOut;
    }
    const verified = findings?.verification;
    const balanced = rows.every((row) => row.balanced) && (verified?.mismatched ?? 0) === 0;
    const totals = totalsOf(rows);
    return {
      balanced,
      partitions: rows,
      totals,
      gateways: gatewayRows(accounts, totals),
      gaps,
      gapsLeftOut,
      ...(verified !== undefined && { verified }),
    };
  }

  /** The committed offsets, after a bounded wait for all instances to project the records of `positions`. */
  async #projected(
    positions: readonly { readonly partition: number; readonly end: number; readonly start: number }[],
  ): Promise<Map<number, number>> {
    const { log, group, topic, projectionWaitMs, flush } = this.#options;
    const deadline = performance.now() + projectionWaitMs;
    for (;;) {
      await flush();
      const committed = new Map((await log.committed(group, [topic])).map((each) => [each.partition, each.offset]));
      const isThrough = positions.every(({ partition, start, end }) => (committed.get(partition) ?? start) >= end);
      if (isThrough || performance.now() >= deadline) return committed;
      await sleep(50);
    }
  }
}

const columns = [...accountColumns, "lag"] as const;

function totalsOf(rows: readonly LedgerRow[]): LedgerColumns {
  const totals = Object.fromEntries(columns.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]));
  const first = totals as unknown as LedgerColumns;
  if (!columns.every((name) => Number.isSafeInteger(first[name])))
    throw new InvariantError("The ledger cannot be added up");
  return first;
}
