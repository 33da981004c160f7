import { main } from "@headwater/device-sim/main";
import type { Command } from "./command.ts";

export const simCommand: Command = {
  name: "sim",
  summary: "replay a series as devices, answer commands, say what was lost",
  run: main,
};
