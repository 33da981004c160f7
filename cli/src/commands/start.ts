import type { HostContext } from "@headwater/service";
import { stopWithParent } from "../start/stop-with-parent.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater start [gateway|ingest|rules]

Without a name: all of it in one process, on the embedded log and store unless the settings say otherwise.
With one: that service alone; separate services share a log only through Kafka (HEADWATER_EVENT_LOG=kafka).

  --stop-with PID  stop when this parent process is gone, as npm start does with npm
  -h, --help

Settings come from the environment and a YAML file (HEADWATER_CONFIG_FILE): headwater config lists them all, headwater
config --effective those that hold here. Ctrl-C or SIGTERM stops it: what was taken is drained and committed.
Exit code 0: it was stopped. 1: it could not start, or not go on; the last line says why.`;

/** A service is imported only when it is started: a gateway process loads no client of the store. */
const runners: Readonly<Record<string, () => Promise<{ readonly main: (context: HostContext) => Promise<void> }>>> = {
  all: () => import("../start/all-in-one.ts"),
  gateway: () => import("@headwater/edge-gateway/main"),
  ingest: () => import("@headwater/ingest-service/main"),
  rules: () => import("@headwater/rules-service/main"),
};

export const startCommand: Command = {
  name: "start",
  summary: "run the platform, or one of its services",
  stopsBySignal: true,
  async run(args, context) {
    const { values, positionals } = parseOptions("start", args, { "stop-with": { type: "string" } }, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [name = "all", ...rest] = positionals;
    const runner = runners[name];
    if (runner === undefined || rest.length > 0) {
      const nearest = rest.length === 0 ? didYouMean(name, Object.keys(runners)) : "";
      throw new UsageError(
        `There is no service ${positionals.join(" ")}${nearest}: it takes gateway, ingest, rules, or nothing for all of them`,
      );
    }
    const signal = signalOf(values["stop-with"], context.signal);
    const { main } = await runner();
    const { allSettings, knownElsewhere } = await import("../start/settings.ts");
    await main({ ...context, signal, alsoKnown: [allSettings, ...knownElsewhere] });
  },
};

function signalOf(parent: string | undefined, signal: AbortSignal): AbortSignal {
  if (parent === undefined) return signal;
  if (!/^[1-9]\d*$/.test(parent)) {
    throw new UsageError(`--stop-with takes the number of the parent process, not ${JSON.stringify(parent)}`);
  }
  return stopWithParent(signal, Number(parent));
}
