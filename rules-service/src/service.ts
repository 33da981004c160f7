import { silentLogger } from "@headwater/core";
import type { HostedService } from "@headwater/service";
import { Addresses } from "./action-kinds/webhook/addresses.ts";
import { createRulesApp } from "./app.ts";
import { rulesSettings } from "./config.ts";
import { SecretsFile } from "./dispatch/secrets-file.ts";

/** The rules service for the host. */
export const rulesService: HostedService<typeof rulesSettings> = {
  name: "rules",
  writesAccess: true,
  settings: rulesSettings,
  create: createRulesApp,
  check({ actions }) {
    void new Addresses(actions.networks);
    void new SecretsFile(actions.secretsFile, silentLogger);
  },
};
