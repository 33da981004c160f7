import type { HostedService } from "@headwater/service";
import { createRulesApp } from "./app.ts";
import { rulesSettings } from "./config.ts";

/** The rules service for the host. */
export const rulesService: HostedService<typeof rulesSettings> = {
  name: "rules",
  writesAccess: true,
  settings: rulesSettings,
  create: createRulesApp,
};
