import { gatewayService } from "@headwater/edge-gateway/service";
import { ingestService } from "@headwater/ingest-service/service";
import { rulesService } from "@headwater/rules-service/service";
import { runHost, type HostContext } from "@headwater/service";
import { nextStep } from "./next-step.ts";

/** All of Headwater in one process: `npm start`. */
export function main(context: HostContext): Promise<void> {
  return runHost(
    {
      name: "headwater",
      title: "Headwater",
      clientId: "headwater",
      // The gateway starts last and stops first, so that every message it takes finds the other services running.
      services: [ingestService, rulesService, gatewayService],
      mayEmbedLog: true,
      readyText: nextStep,
    },
    context,
  );
}
