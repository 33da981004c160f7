import type { HostContext } from "@headwater/service";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";

const usage = `headwater start [gateway|ingest|rules]

Without a name: all of it in one process, on the embedded log and store unless the settings say otherwise.
With one: that service alone; separate services share a log only through Kafka (HEADWATER_EVENT_LOG=kafka).
Settings: headwater config`;

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
  async run([name = "all", ...rest], context) {
    if (name === "--help") {
      console.log(usage);
      return 0;
    }
    const runner = runners[name];
    if (runner === undefined || rest.length > 0) {
      throw new UsageError(
        `There is no service ${[name, ...rest].join(" ")}: it takes gateway, ingest, rules, or nothing for all of them`,
      );
    }
    const { main } = await runner();
    const { allSettings, knownElsewhere } = await import("../start/settings.ts");
    await main({ ...context, alsoKnown: [allSettings, ...knownElsewhere] });
  },
};
