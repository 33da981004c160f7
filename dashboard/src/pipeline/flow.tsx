import { useSyncExternalStore } from "react";
import { spanText } from "../time/span.ts";
import { bytesText, countText, rateText } from "./amount.ts";
import { boxHeight, boxWidth, narrowPlan, type Place, places, wayOf, ways, widePlan } from "./flow-plan.ts";
import type { Pipeline } from "./use-pipeline.ts";

interface PlaceText {
  readonly name: string;
  readonly lines: readonly [string, string];
  readonly look: "good" | "warning" | "critical" | "muted";
}

const narrow = matchMedia("(max-width: 700px)");
/** Records behind which a reader is said to lag: more than arrive between two looks of a busy platform. */
const lagging = 10_000;

function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      narrow.addEventListener("change", changed);
      return () => narrow.removeEventListener("change", changed);
    },
    () => narrow.matches,
  );
}

/** The flow of messages as a picture: what is where, and how fast it goes on. */
export function Flow({ pipeline }: { readonly pipeline: Pipeline }) {
  const plan = useIsNarrow() ? narrowPlan : widePlan;
  const texts = textsOf(pipeline);
  const rates = wayTexts(pipeline);
  const told = places.map((place) => `${texts[place].name}: ${texts[place].lines.join(", ")}`).join(". ");
  return (
    <svg className="flow" viewBox={`0 0 ${plan.width} ${plan.height}`} role="img" aria-label={`The flow. ${told}`}>
      <defs>
        <marker id="flow-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 8 4 0 8z" className="flow-head" />
        </marker>
      </defs>
      {ways.map(([from, to]) => {
        const { d, x, y, isFlat } = wayOf(plan, from, to);
        const text = rates[`${from} ${to}`];
        return (
          <g key={`${from} ${to}`}>
            <path d={d} className={`flow-way${text === undefined ? " rare" : ""}`} markerEnd="url(#flow-end)" />
            {text !== undefined && (
              <text x={x} y={y} className={`flow-rate${isFlat ? "" : " beside"}`}>
                {text}
              </text>
            )}
          </g>
        );
      })}
      {places.map((place) => {
        const [x, y] = plan.at[place];
        const { name, lines, look } = texts[place];
        return (
          <g key={place} transform={`translate(${x} ${y})`}>
            <rect width={boxWidth} height={boxHeight} rx={8} className={`flow-box ${look}`} />
            <text x={12} y={22} className="flow-name">
              {name}
            </text>
            <text x={12} y={42} className="flow-line">
              {lines[0]}
            </text>
            <text x={12} y={60} className="flow-line">
              {lines[1]}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function wayTexts({ rates }: Pipeline): Readonly<Record<string, string | undefined>> {
  return {
    "devices gateway": rateText(rates.received),
    "gateway log": rateText(rates.logged),
    "log store": rateText(rates.stored),
    "log rules": rateText(rates.evaluated),
    "rules alerts": rateText(rates.raised),
  };
}

function textsOf(pipeline: Pipeline): Readonly<Record<Place, PlaceText>> {
  const { ledger, metrics, services, waitingInQuarantine } = pipeline;
  const { totals } = ledger;
  const of = (name: string): number | undefined => metrics?.get(name);
  const rulesLag = of("headwater_rules_lag_records");
  const storeBytes = of("headwater_ingest_store_bytes");
  const connections = of("headwater_gateway_connections");
  return {
    devices: { name: "Devices", lines: [`${countText(connections)} connected`, "over MQTT"], look: "muted" },
    gateway: gatewayText(pipeline),
    log: {
      name: "Event log",
      lines: [`${countText(totals.logged)} events`, `${countText(totals.derived)} derived by rules`],
      look: totals.missing > 0 || totals.unexplained > 0 ? "critical" : "good",
    },
    store: {
      name: "Store",
      lines: [
        `${countText(totals.lag)} records behind`,
        storeBytes === undefined ? `${countText(totals.stored)} events` : bytesText(storeBytes),
      ],
      look: lookOf(totals.lag),
    },
    rules: absentText("Rules", services, "rules") ?? {
      name: "Rules",
      lines: [`${countText(rulesLag)} records behind`, `${countText(of("headwater_rules_partitions"))} partitions`],
      look: rulesLag === undefined ? "muted" : lookOf(rulesLag),
    },
    alerts: {
      name: "Alerts and actions",
      lines: [
        `${countText(of("headwater_rules_alerts_raised_total"))} raised`,
        `${countText(of("headwater_actions_waiting"))} actions wait`,
      ],
      look: (of("headwater_actions_endpoints_failing") ?? 0) > 0 ? "warning" : "muted",
    },
    quarantine: {
      name: "Quarantine",
      lines: [
        waitingInQuarantine === undefined
          ? "hidden by your rights"
          : `${countText(waitingInQuarantine)} ${waitingInQuarantine === 1 ? "waits" : "wait"} for you`,
        `${countText(totals.quarantined)} from the log`,
      ],
      look: (waitingInQuarantine ?? 0) > 0 ? "warning" : "good",
    },
  };
}

/** A service that does not answer; undefined: it does. */
function absentText(name: string, services: Pipeline["services"], service: string): PlaceText | undefined {
  const state = services.find((each) => each.name === service)?.state;
  if (state === "away") return { name, lines: ["is away", "does not answer"], look: "critical" };
  if (state === "unknown") return { name, lines: ["runs elsewhere", "where is not set"], look: "muted" };
  return undefined;
}

function gatewayText({ services, spool }: Pipeline): PlaceText {
  const name = "Gateway";
  const absent = absentText(name, services, "gateway");
  if (absent !== undefined) return absent;
  if (spool === "hidden") return { name, lines: ["hidden by your rights", ""], look: "muted" };
  if (spool === undefined) return { name, lines: ["did not answer", ""], look: "muted" };
  const { durable, records, bytes, oldestAgeSeconds, log, corrupt } = spool;
  const isWell = log.state === "well" && log.heldPartitions === 0 && corrupt.length === 0;
  if (durable === "log")
    return { name, lines: ["durable in the log", `log ${log.state}`], look: isWell ? "good" : "critical" };
  return {
    name,
    lines: [
      `spool ${countText(records)}, ${bytesText(bytes)}`,
      records === 0 ? "nothing waits" : `oldest ${spanText(oldestAgeSeconds * 1_000)}`,
    ],
    look: isWell ? (oldestAgeSeconds > 30 ? "warning" : "good") : "critical",
  };
}

function lookOf(lag: number): "good" | "warning" {
  return lag > lagging ? "warning" : "good";
}
