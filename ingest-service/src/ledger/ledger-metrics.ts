import type { Metrics } from "@headwater/service";
import type { PartitionAccount } from "../accounts/account.ts";
import { accountColumns, rowOf } from "./ledger-row.ts";

/** The ledger as gauges, added up over the instances by whoever reads them: each partition is one instance's. */
export function observeLedger(metrics: Metrics, accounts: () => readonly PartitionAccount[]): void {
  metrics.gauge(
    "headwater_ingest_ledger_events",
    "Events in the columns of the ledger, of the partitions that this instance projects, as far as their marks tell",
    ["column"],
    {
      collect: (gauge) => {
        const rows = accounts().map((account) => rowOf(account, 0));
        for (const column of accountColumns) {
          gauge.labels({ column }).set(rows.reduce((sum, row) => sum + row[column], 0));
        }
      },
    },
  );
  metrics.gauge(
    "headwater_ingest_ledger_unbalanced_partitions",
    "Partitions that this instance projects and whose account does not balance",
    [],
    { collect: (gauge) => gauge.set(accounts().filter((account) => !rowOf(account, 0).balanced).length) },
  );
}
