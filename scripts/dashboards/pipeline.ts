import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { board } from "./board.ts";
import { lines, stat } from "./panels.ts";
import { promql, prometheus } from "./sources.ts";

interface Drawn {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** Legend and expression. */
  readonly queries: Readonly<Record<string, string>>;
}

const rate = (metric: string, by = ""): string => `sum${by} (rate(${metric}[$__rate_interval]))`;

/** What must stay 0: the first row of the page. */
const alarms: readonly (readonly [title: string, description: string, expr: string])[] = [
  ["Services down", "Targets of Prometheus that do not answer.", `sum(up{job="headwater"} == bool 0)`],
  [
    "Missing events",
    "Received by a gateway, and neither logged nor dropped by a policy: lost.",
    `sum(headwater_ingest_ledger_events{column="missing"})`,
  ],
  [
    "Unexplained identities",
    "Gaps that no gateway accounts for.",
    `sum(headwater_ingest_ledger_events{column="unexplained"})`,
  ],
  [
    "Unbalanced partitions",
    "Partitions whose account does not balance.",
    "sum(headwater_ingest_ledger_unbalanced_partitions)",
  ],
  ["Gateways without the log", "Gateways whose log takes no records.", "sum(headwater_gateway_log_away)"],
  [
    "Set aside in an hour",
    "Messages and records that went to quarantine in the last hour.",
    "ceil(sum(increase(headwater_gateway_quarantined_total[1h]) or vector(0)) + sum(increase(headwater_ingest_quarantined_total[1h]) or vector(0)))",
  ],
];

const charts: readonly Drawn[] = [
  {
    title: "Rate",
    description: "Messages from devices, events made of them, and records that reached the log.",
    unit: "cps",
    queries: {
      received: rate("headwater_gateway_received_total"),
      events: rate("headwater_gateway_events_total"),
      logged: rate("headwater_gateway_appended_total"),
    },
  },
  {
    title: "Points stored",
    description: "Points that the time-series store took.",
    unit: "cps",
    queries: { points: rate("headwater_ingest_points_total") },
  },
  {
    title: "Time to the acknowledgement",
    description: "From a message's arrival to the acknowledgement of its commit.",
    unit: "s",
    queries: {
      "half of them": `histogram_quantile(0.5, ${rate("headwater_gateway_ack_seconds_bucket", " by (le)")})`,
      "99 of 100": `histogram_quantile(0.99, ${rate("headwater_gateway_ack_seconds_bucket", " by (le)")})`,
    },
  },
  {
    title: "Lag",
    description: "Records that wait: for the store by topic, and for the rules.",
    unit: "none",
    queries: {
      "store: {{topic}}": "sum by (topic) (headwater_ingest_lag_records)",
      rules: "sum(headwater_rules_lag_records)",
    },
  },
  {
    title: "Age of the oldest record in a spool",
    description: "Of those that wait for the log.",
    unit: "s",
    queries: { "{{instance}}": "max by (instance) (headwater_gateway_forward_lag_seconds)" },
  },
  {
    title: "Spool",
    description: "On disk, and of that what waits for the log.",
    unit: "bytes",
    queries: {
      "on disk: {{instance}}": "sum by (instance) (headwater_gateway_spool_bytes)",
      "waiting: {{instance}}": "sum by (instance) (headwater_gateway_spool_waiting_bytes)",
    },
  },
  {
    title: "Ledger",
    description: "How events ended, added up since the log's oldest record that was counted.",
    unit: "none",
    queries: {
      "{{column}}": `sum by (column) (headwater_ingest_ledger_events{column=~"received|logged|stored|partlyStored|quarantined|duplicate|dropped"})`,
    },
  },
  {
    title: "Set aside, dropped, refused",
    description: "Quarantine by reason, events given up by policy, what gateways did not take.",
    unit: "cps",
    queries: {
      "quarantine: {{reason}}": rate("headwater_gateway_quarantined_total", " by (reason)"),
      "quarantine by ingest": rate("headwater_ingest_quarantined_total"),
      "dropped: {{reason}}": rate("headwater_gateway_dropped_total", " by (reason)"),
      "refused {{unit}}: {{reason}}": rate("headwater_gateway_refused_total", " by (unit, reason)"),
      "skipped: {{topic}} {{reason}}": rate("headwater_skipped_records_total", " by (topic, reason)"),
    },
  },
  {
    title: "Connections",
    description: "MQTT connections of each gateway.",
    unit: "none",
    queries: { "{{instance}}": "sum by (instance) (headwater_gateway_connections)" },
  },
  {
    title: "Writes to the store",
    description: "How long one write takes.",
    unit: "s",
    queries: {
      "half of them": `histogram_quantile(0.5, ${rate("headwater_ingest_write_seconds_bucket", " by (le)")})`,
      "99 of 100": `histogram_quantile(0.99, ${rate("headwater_ingest_write_seconds_bucket", " by (le)")})`,
    },
  },
  {
    title: "Alerts raised, commands",
    description: "Episodes that the rules raised, and what gateways did with commands.",
    unit: "cps",
    queries: {
      raised: rate("headwater_rules_alerts_raised_total"),
      "commands: {{what}}": rate("headwater_gateway_commands_total", " by (what)"),
    },
  },
  {
    title: "Requests that failed",
    description: "Answers over HTTP with a status from 500.",
    unit: "cps",
    queries: {
      "{{service}} {{route}}": `sum by (service, route) (rate(headwater_http_requests_total{status=~"5.."}[$__rate_interval]))`,
    },
  },
  {
    title: "CPU",
    description: "Cores that each process uses.",
    unit: "none",
    queries: { "{{service}} {{instance}}": rate("process_cpu_seconds_total", " by (service, instance)") },
  },
  {
    title: "Memory",
    description: "Resident memory of each process.",
    unit: "bytes",
    queries: { "{{service}} {{instance}}": "sum by (service, instance) (process_resident_memory_bytes)" },
  },
  {
    title: "Event loop",
    description: "Delay of the event loop, 99 of 100.",
    unit: "s",
    queries: { "{{service}} {{instance}}": "max by (service, instance) (nodejs_eventloop_lag_p99_seconds)" },
  },
];

/** The services themselves, as Prometheus sees them. */
export function pipeline(): DashboardBuilder {
  const page = board("headwater-pipeline", "Headwater: pipeline", "15s");
  for (const [title, description, expr] of alarms) {
    const targets = [promql(expr, title)];
    page.withPanel(stat({ title, description, source: prometheus, targets, width: 4, height: 4, alarmFrom: 1 }));
  }
  for (const { title, description, unit, queries } of charts) {
    const targets = Object.entries(queries).map(([legend, expr], i) =>
      promql(expr, legend, String.fromCharCode("A".charCodeAt(0) + i)),
    );
    page.withPanel(lines({ title, description, source: prometheus, targets, unit, width: 8, height: 8 }).min(0));
  }
  return page;
}
