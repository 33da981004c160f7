import { runServiceProcess, type MainOptions } from "@headwater/service";
import { createRulesApp } from "./app.ts";
import { rulesSettings } from "./config.ts";

/** The rules service as a process of its own: `headwater start rules`. */
export function main(options?: MainOptions): Promise<void> {
  return runServiceProcess(
    { name: "rules", title: "Headwater rules service", settings: rulesSettings, create: createRulesApp },
    options,
  );
}
