import type { PartitionAccount } from "../accounts/account.ts";
import { laneSums } from "../accounts/lane-sums.ts";

/** Units are events but where it says otherwise. */
export interface LedgerColumns {
  /** By the gateways, as of their last marks. */
  received: number;
  /** Of these dropped by policy, on record. */
  dropped: number;
  /** Received and neither logged nor dropped: lost. */
  missing: number;
  /** Logged after the last mark of its gateway, so not in `received` yet. */
  unmarked: number;
  /** logged = stored + partlyStored + quarantined + duplicate. */
  logged: number;
  stored: number;
  partlyStored: number;
  quarantined: number;
  duplicate: number;
  derived: number;
  /** Readings replaced by a later one of the same time. Exact when verified; else those that follow each other. */
  overwritten: number;
  /** Identities that no gateway accounts for. */
  unexplained: number;
  /** Records (events and others) in the log that are not projected yet. */
  lag: number;
}

/** What a row of a gateway tells; the other columns are of no gateway. */
export const gatewayColumns = [
  "received",
  "dropped",
  "missing",
  "unmarked",
  "logged",
  "stored",
  "partlyStored",
  "quarantined",
  "duplicate",
  "unexplained",
] as const satisfies readonly (keyof LedgerColumns)[];

/** The columns that an account has by itself, without the log. */
export const accountColumns = [...gatewayColumns, "derived", "overwritten"] as const;

export interface LedgerRow extends LedgerColumns {
  readonly partition: number;
  /** Counted from this offset… */
  readonly from: number;
  /** …up to, not including, this one. */
  readonly to: number;
  readonly balanced: boolean;
}

/** `lag`: records of the partition that are not projected yet. */
export function rowOf(account: PartitionAccount, lag: number): LedgerRow {
  const { counts, outcomes, unexplained } = account;
  const { received, dropped, missing, unmarked } = laneSums(account.lanes, account.retired);
  const accounted = outcomes.stored + outcomes.partlyStored + outcomes.quarantined + counts.duplicate;
  return {
    partition: account.partition,
    from: account.from,
    to: account.offset,
    balanced: missing === 0 && unexplained === 0 && accounted === counts.logged,
    received,
    dropped,
    missing,
    unmarked,
    logged: counts.logged,
    ...outcomes,
    duplicate: counts.duplicate,
    derived: counts.derived,
    overwritten: counts.overwritten,
    unexplained,
    lag,
  };
}
