import { runHost, type HostContext } from "@headwater/service";
import { rulesService } from "./service.ts";

/** The rules service as a process of its own: `headwater start rules`. */
export function main(context: HostContext): Promise<void> {
  return runHost({ name: "rules", title: "Headwater rules service", services: [rulesService] }, context);
}
