import { configFileVariable, describeConfig, effectiveConfig, loadConfig, settingNames } from "@headwater/service";
import { allSettings, knownElsewhere } from "../start/settings.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater config [NAME…]: every setting, its variable, its default and what it means; with names, only those

  NAME         a variable (HEADWATER_MQTT_PORT, or MQTT_PORT), a place in YAML (mqtt.port), or the beginning of either
  --effective  the values that hold with this environment and configuration file, and where each comes from;
               values of secrets are not shown
  -h, --help

Exit code 0. 1: there is no such setting, or --effective finds that a value is wrong; the line says which.`;

export const configCommand: Command = {
  name: "config",
  summary: "every setting, its variable, its default and what it means; --effective: the values that hold",
  async run(args, { env }) {
    const { values, positionals } = parseOptions("config", args, { effective: { type: "boolean" } }, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const isWanted = filterOf(positionals);
    if (values.effective !== true) {
      console.log(describeConfig(allSettings, isWanted));
      return 0;
    }
    const config = loadConfig(allSettings, { env, alsoKnown: knownElsewhere });
    const file = env[configFileVariable];
    if (file) console.log(`# ${configFileVariable}=${file}`);
    for (const { name, value, from } of effectiveConfig(allSettings, config, env, isWanted)) {
      console.log(`${name}=${value}  # ${from}`);
    }
    return 0;
  },
};

/** Which settings are meant: all, or those whose variable or place in YAML is or begins with one of the names. */
function filterOf(names: readonly string[]): (setting: readonly string[]) => boolean {
  const known = settingNames(allSettings);
  const wanted = names.map((name) => {
    const short = name
      .toLowerCase()
      .replace(/^headwater_/, "")
      .replace(/[._]$/, "");
    const isMeant = (each: string): boolean => {
      const plain = each.toLowerCase().replace(/^headwater_/, "");
      return plain === short || plain.startsWith(`${short}_`) || plain.startsWith(`${short}.`);
    };
    if (known.some(isMeant)) return isMeant;
    const likely = name.includes(".") ? name : `HEADWATER_${short.toUpperCase()}`;
    throw new UsageError(`There is no setting ${name}${didYouMean(likely, known)}. See headwater config`);
  });
  return (setting) => wanted.length === 0 || wanted.some((isMeant) => setting.some(isMeant));
}
