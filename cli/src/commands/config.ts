import { describeConfig } from "@headwater/service";
import { allSettings } from "../start/settings.ts";
import type { Command } from "./command.ts";

export const configCommand: Command = {
  name: "config",
  summary: "every setting, its variable, its default and what it means",
  async run() {
    console.log(describeConfig(allSettings));
    return 0;
  },
};
