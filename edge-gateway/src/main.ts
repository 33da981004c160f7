import { sleep, type Logger } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { boundHeap, runHost, type HostContext, type OpenedLog } from "@headwater/service";
import { DeferredLog } from "./pipeline/forward/deferred-log.ts";
import { gatewayService } from "./service.ts";

/** A log that does not answer within this is taken to be away: the gateway starts without it (milliseconds). */
const logPatienceMs = 5000;

/**
 * By how much the heap may grow beyond what lives before it is collected: it would be doubled otherwise, by what
 * thousands of devices that connect leave behind. The heap of a gateway with few devices is small, and a fifth of it is
 * what messages leave there in a quarter of a second.
 */
const heapGrowth = { leastPercent: 20, leastBytes: 32 * 1024 * 1024 };

/** The gateway as a process of its own: `headwater start gateway`. */
export function main(context: HostContext): Promise<void> {
  boundHeap(heapGrowth);
  const host = { name: "gateway", title: "Headwater edge gateway", services: [gatewayService], stopWithinMs: 20_000 };
  return runHost({ ...host, openLog: openDeferredLog }, context);
}

/** The gateway starts without a log that is away, and takes messages into its spool. */
function openDeferredLog(open: () => Promise<EventLog>, logger: Logger): OpenedLog {
  const log = new DeferredLog(open, logger);
  return {
    log,
    ready: () => opened(log),
    // A log that refuses the credentials, or whose topics have another number of partitions, never heals by itself.
    died: log.opened.then(() => new Promise<never>(() => {})),
  };
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
