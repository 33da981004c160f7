import { setFlagsFromString } from "node:v8";
import { runServiceProcess, type MainOptions } from "@headwater/service";
import { sleep } from "@headwater/core";
import { createGatewayApp } from "./app.ts";
import { gatewayConfig } from "./config.ts";
import { DeferredLog } from "./pipeline/forward/deferred-log.ts";
import { boundYoungGeneration } from "./young-generation.ts";

/** A log that does not answer within this is taken to be away: the gateway starts without it (milliseconds). */
const logPatienceMs = 5000;

/**
 * By how much the heap may grow beyond what lives before it is collected (per cent): it would be doubled otherwise, by
 * what thousands of devices that connect leave behind.
 */
const heapGrowth = 20;

/** The gateway as a process of its own: `headwater start gateway`. */
export function main(options?: MainOptions): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${heapGrowth}`);
  boundYoungGeneration();
  return runServiceProcess(
    {
      name: "gateway",
      title: "Headwater edge gateway",
      settings: gatewayConfig,
      stopWithinMs: 20_000,
      openLog(open, logger) {
        const log = new DeferredLog(open, logger);
        return {
          log,
          ready: () => opened(log),
          // A log that refuses the credentials, or whose topics have another number of partitions, never heals by
          // itself.
          died: log.opened.then(() => new Promise<never>(() => {})),
        };
      },
      create: (context) => createGatewayApp({ ...context, durable: "spool" }),
      addresses: (gateway) => gateway.mqttAddresses.map(({ url }) => url).join(" "),
    },
    options,
  );
}

async function opened(log: DeferredLog): Promise<void> {
  const patience = new AbortController();
  const over = sleep(logPatienceMs, patience.signal).catch(() => {});
  try {
    await Promise.race([log.opened, over]);
  } finally {
    patience.abort();
  }
}
