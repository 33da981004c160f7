import { noLanes, type PartitionAccount } from "../accounts/account.ts";
import { laneSums } from "../accounts/lane-sums.ts";
import { gatewayColumns, type LedgerColumns } from "./ledger-row.ts";

type GatewayColumns = Pick<LedgerColumns, (typeof gatewayColumns)[number]>;
type Sums = { -readonly [K in keyof GatewayColumns]: number };

export interface GatewayRow extends GatewayColumns {
  /** Absent: of events of which no gateway is known, because they cannot be read or there are too many gateways. */
  readonly gateway?: string;
  readonly balanced: boolean;
  /** The newest receive time of its records, µs. */
  readonly receivedAt?: number;
}

/** The ledger by gateway, over all partitions; together the rows are `totals`. */
export function gatewayRows(accounts: readonly PartitionAccount[], totals: GatewayColumns): readonly GatewayRow[] {
  const gateways = new Map<string, { sums: Sums; receivedAt: number }>();
  for (const account of accounts) addAccount(gateways, account);
  const rest: Sums = { ...totals };
  const rows: GatewayRow[] = [];
  for (const [gateway, { sums, receivedAt }] of [...gateways].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const column of gatewayColumns) rest[column] -= sums[column];
    rows.push({ gateway, balanced: isBalanced(sums), ...(receivedAt > 0 && { receivedAt }), ...sums });
  }
  const isNothing = gatewayColumns.every((column) => rest[column] === 0);
  const known = pick(rest);
  return isNothing ? rows : [...rows, { balanced: isBalanced(known), ...known }];
}

function addAccount(gateways: Map<string, { sums: Sums; receivedAt: number }>, account: PartitionAccount): void {
  const left = new Map(account.setAside.map((each) => [each.gateway, { ...each }]));
  for (const lane of account.lanes) {
    const { gateway, events, repeated, duplicate, unexplained, receivedAt } = lane;
    let row = gateways.get(gateway);
    if (row === undefined) gateways.set(gateway, (row = { sums: nothing(), receivedAt: 0 }));
    const { sums } = row;
    row.receivedAt = Math.max(row.receivedAt, receivedAt);
    const { received, dropped, missing, unmarked } = laneSums([lane], noLanes);
    // What a gateway has aside is known of all its lanes together.
    const aside = left.get(gateway);
    const projected = events - repeated;
    const quarantined = Math.min(aside?.quarantined ?? 0, projected);
    const partlyStored = Math.min(aside?.partlyStored ?? 0, projected - quarantined);
    if (aside !== undefined) {
      left.set(gateway, {
        gateway,
        quarantined: aside.quarantined - quarantined,
        partlyStored: aside.partlyStored - partlyStored,
      });
    }
    sums.received += received;
    sums.dropped += dropped;
    sums.missing += missing;
    sums.unmarked += unmarked;
    sums.logged += events + duplicate;
    sums.stored += projected - quarantined - partlyStored;
    sums.partlyStored += partlyStored;
    sums.quarantined += quarantined;
    sums.duplicate += duplicate + repeated;
    sums.unexplained += unexplained;
  }
}

function isBalanced({ missing, unexplained, logged, stored, partlyStored, quarantined, duplicate }: Sums): boolean {
  return missing === 0 && unexplained === 0 && logged === stored + partlyStored + quarantined + duplicate;
}

function nothing(): Sums {
  return Object.fromEntries(gatewayColumns.map((column) => [column, 0])) as Sums;
}

function pick(from: Sums): Sums {
  return Object.fromEntries(gatewayColumns.map((column) => [column, from[column]])) as Sums;
}
