import { gatewayService } from "@headwater/edge-gateway/service";
import { ingestService } from "@headwater/ingest-service/service";
import { rulesService } from "@headwater/rules-service/service";
import { boundHeap, runHost, type HostContext } from "@headwater/service";
import { demoService } from "../demo/demo-service.ts";
import { nextStep } from "./next-step.ts";

/**
 * By how much the heap may grow beyond what lives before it is collected (per cent). Under full load V8 would let it
 * grow to 460 MiB where 355 do, for no less CPU a message (docs/benchmarks.md).
 */
const heapGrowth = 100;

/** All of Headwater in one process: `npm start`. */
export function main(context: HostContext): Promise<void> {
  boundHeap({ leastPercent: heapGrowth });
  return runHost(
    {
      name: "headwater",
      title: "Headwater",
      clientId: "headwater",
      // The gateway starts after the others and stops before them, so that every message it takes finds them running;
      // the devices of the demo come after it, and go before it.
      services: [ingestService, rulesService, gatewayService, demoService],
      mayEmbedLog: true,
      readyText: nextStep,
    },
    context,
  );
}
