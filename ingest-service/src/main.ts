import { boundHeap, runHost, type HostContext } from "@headwater/service";
import { ingestService } from "./service.ts";

/**
 * By how much the heap may grow beyond what lives before it is collected (per cent). A backlog makes nothing but short
 * lives, and V8 would let them grow old by the hundred megabytes: without it 485 MiB instead of 295, for 2.1 µs of CPU
 * an event instead of 2.5 (bench/ingest.ts).
 */
const heapGrowth = 100;

/** The ingest service as a process of its own: `headwater start ingest`. */
export function main(context: HostContext): Promise<void> {
  boundHeap({ leastPercent: heapGrowth });
  return runHost({ name: "ingest", title: "Headwater ingest service", services: [ingestService] }, context);
}
