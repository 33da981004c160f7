import type { AnswerOf } from "@headwater/client";
import { useEffect, useRef } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { useMay } from "../sign-in/session.ts";
import { sumsOf } from "./metrics-text.ts";

export type Ledger = AnswerOf<"GET", "/api/v1/ledger">;
export type Spool = AnswerOf<"GET", "/api/v1/gateway/spool">;
export type ServiceStatus = AnswerOf<"GET", "/api/v1/services">["items"][number];

/** What only goes up, so that two looks at it make a rate. */
const counters = {
  received: "headwater_gateway_received_total",
  evaluated: "headwater_rules_records_total event",
  raised: "headwater_rules_alerts_raised_total",
} as const;

/** A rate needs two looks; the second comes soon. */
const secondLookMs = 1_500;

interface Look {
  readonly at: number;
  readonly ledger: Ledger;
  readonly services: readonly ServiceStatus[];
  /** Undefined where no gateway answers; `hidden` for who may not read it. */
  readonly spool: Spool | "hidden" | undefined;
  /** Undefined for who may not read metrics; names are missing of services that do not answer. */
  readonly metrics: ReadonlyMap<string, number> | undefined;
  /** Undefined for who may not read the quarantine. */
  readonly waitingInQuarantine: number | undefined;
}

export interface Pipeline extends Look {
  /** A second, since the look before; empty at the first. */
  readonly rates: Readonly<Partial<Record<keyof typeof counters | "logged" | "stored", number>>>;
}

async function look(may: ReturnType<typeof useMay>): Promise<Look> {
  const { items: services } = await api.call("GET", "/api/v1/services", {});
  const others = services.filter(({ here, state }) => !here && (state === "ready" || state === "not-ready"));
  const gateway = services.find(({ name }) => name === "gateway");
  const [ledger, spool, metrics, quarantine] = await Promise.all([
    api.call("GET", "/api/v1/ledger", {}),
    !may("gateway:read")
      ? ("hidden" as const)
      : gateway?.here === true || others.includes(gateway!)
        ? api.call("GET", "/api/v1/gateway/spool", { query: { devices: 5 } }).catch(() => undefined)
        : undefined,
    may("metrics:read")
      ? metricsAt(["/metrics", ...others.map(({ name }) => `/api/v1/services/${name}/metrics`)])
      : undefined,
    may("quarantine:read") ? api.call("GET", "/api/v1/quarantine/summary", {}) : undefined,
  ]);
  const waiting = quarantine?.states.find(({ state }) => state === "quarantined")?.entries ?? 0;
  const waitingInQuarantine = quarantine === undefined ? undefined : waiting;
  return { at: performance.now(), ledger, services, spool, metrics, waitingInQuarantine };
}

/** Of all processes together; each names what belongs to its services. */
async function metricsAt(addresses: readonly string[]): Promise<Look["metrics"]> {
  const texts = await Promise.all(
    addresses.map((address) =>
      fetch(address).then(
        (answer) => (answer.ok ? answer.text() : undefined),
        () => undefined,
      ),
    ),
  );
  const known = texts.filter((text) => text !== undefined);
  return known.length === 0 ? undefined : sumsOf(known.join("\n"));
}

/** The whole flow, as of when it was last asked for. */
export function usePipeline() {
  const may = useMay();
  const before = useRef<Look>(undefined);
  const pipeline = useResource("pipeline", async (): Promise<Pipeline> => {
    const now = await look(may);
    const rates = before.current === undefined ? {} : ratesOf(before.current, now);
    before.current = now;
    return { ...now, rates };
  });
  const { reload } = pipeline;
  useEffect(() => {
    const timer = setTimeout(reload, secondLookMs);
    return () => clearTimeout(timer);
  }, [reload]);
  return pipeline;
}

function ratesOf(before: Look, now: Look): Pipeline["rates"] {
  const seconds = Math.max(0.1, (now.at - before.at) / 1_000);
  // A process that was started anew counts from nothing.
  const rate = (from: number, to: number): number => (to >= from ? (to - from) / seconds : 0);
  const rates: Record<string, number> = {
    logged: rate(before.ledger.totals.logged, now.ledger.totals.logged),
    stored: rate(storedOf(before.ledger), storedOf(now.ledger)),
  };
  for (const [name, metric] of Object.entries(counters)) {
    const [from, to] = [before.metrics?.get(metric), now.metrics?.get(metric)];
    if (from !== undefined && to !== undefined) rates[name] = rate(from, to);
  }
  return rates;
}

function storedOf({ totals }: Ledger): number {
  return totals.stored + totals.partlyStored;
}
