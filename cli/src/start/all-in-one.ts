import { gatewayService } from "@headwater/edge-gateway/service";
import { ingestService } from "@headwater/ingest-service/service";
import { rulesService } from "@headwater/rules-service/service";
import { runHost, type HostContext } from "@headwater/service";
import { demoService } from "../demo/demo-service.ts";
import { nextStep } from "./next-step.ts";

/** All of Headwater in one process: `npm start`. */
export function main(context: HostContext): Promise<void> {
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
