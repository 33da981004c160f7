import { runHost, type HostContext } from "@headwater/service";
import { ingestService } from "./service.ts";

/** The ingest service as a process of its own: `headwater start ingest`. */
export function main(context: HostContext): Promise<void> {
  return runHost({ name: "ingest", title: "Headwater ingest service", services: [ingestService] }, context);
}
