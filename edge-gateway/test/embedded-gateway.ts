import { ServiceProcess } from "@headwater/testkit/service-process";
import { join } from "node:path";

/** A gateway on an embedded log in a process of its own, to be killed. */
export function startProcess(dataDir: string, env: Record<string, string> = {}): Promise<ServiceProcess> {
  return ServiceProcess.start(join(import.meta.dirname, "embedded-process.ts"), [dataDir], { env });
}
