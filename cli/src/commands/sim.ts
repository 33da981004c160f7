import type { Command } from "./command.ts";
import { parseOptions } from "./options.ts";

export const simCommand: Command = {
  name: "sim",
  summary: "run a fleet of devices, or replay a series, and say what became of each message",
  stopsBySignal: true,
  async run(args, context) {
    // The other commands, and the platform itself, start without the simulator.
    const { main, mergeVerdicts, options, printSchema } = await import("@headwater/device-sim/main");
    if (args[0] === "merge") return mergeVerdicts(args.slice(1));
    if (args[0] === "schema") return printSchema(args.slice(1));
    // The simulator parses them again; a mistyped one is named here as by every other command.
    parseOptions("sim", args, options);
    return main(args, { ...context, hurry: context.secondSignal?.() });
  },
};
