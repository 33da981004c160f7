import { parseArgs } from "node:util";
import { SimulationError } from "./errors.ts";

export interface CommandLine {
  readonly series: string | undefined;
  readonly samples: number;
  readonly devices: number;
  readonly id: string;
  readonly type: string;
  readonly metric: string;
  readonly speed: number | "max";
  readonly url: string;
  readonly rulesUrl: string | undefined;
  readonly mqtt: string;
  readonly tokenFile: string | undefined;
  readonly settleMs: number;
  readonly lingerMs: number;
  readonly json: boolean;
}

export const usage = `headwater sim: replays a series as devices and says what became of it

  --series FILE     a recorded series, CSV "timestamp,value", shifted to end now (default: a built-in boiler)
  --samples N       of the built-in boiler (default 600); with --series: only its last N
  --devices N       how many devices replay it (default 1)
  --id ID           device id, numbered when there are several (default boiler-1)
  --type TYPE       device type (default boiler)
  --metric NAME     (default temperature)
  --speed X         times real time, or "max" (default max)
  --url URL         Headwater's HTTP address, or that of one of its services (default HEADWATER_URL, else
                    http://127.0.0.1:8080)
  --rules-url URL   that of the rules service, if the one at --url cannot tell (default HEADWATER_RULES_URL)
  --mqtt URL        its MQTT address (default mqtt://127.0.0.1:1883)
  --token-file FILE file with the access token (default HEADWATER_TOKEN, HEADWATER_TOKEN_FILE, else data/admin-token)
  --settle S        seconds the pipeline may take to store what was acked (default 30)
  --linger S        seconds to stay connected for commands at the end (default 2)
  --json            the verdict as JSON

Exit code 0: nothing acked was lost. 1: something was, or the run failed.`;

/** As `node:util` parses them; the command line suggests one of these for a mistyped one. */
export const options = {
  series: { type: "string" },
  samples: { type: "string" },
  devices: { type: "string", default: "1" },
  id: { type: "string", default: "boiler-1" },
  type: { type: "string", default: "boiler" },
  metric: { type: "string", default: "temperature" },
  speed: { type: "string", default: "max" },
  url: { type: "string" },
  "rules-url": { type: "string" },
  mqtt: { type: "string", default: "mqtt://127.0.0.1:1883" },
  "token-file": { type: "string" },
  settle: { type: "string", default: "30" },
  linger: { type: "string", default: "2" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** @throws SimulationError naming the option and what it takes. */
export function parseCommandLine(args: readonly string[], env: NodeJS.ProcessEnv = {}): CommandLine | "help" {
  let values: Record<string, string | boolean | undefined>;
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new SimulationError(`${(cause as Error).message}. See headwater sim --help`, { cause });
  }
  if (values["help"] === true) return "help";
  const text = (name: string) => values[name] as string;
  const number = (name: string, least: number, most: number): number => {
    const value = Number(text(name));
    if (!Number.isFinite(value) || value < least || value > most || text(name) === "") {
      throw new SimulationError(`--${name} takes a number from ${least} to ${most}, not ${JSON.stringify(text(name))}`);
    }
    return value;
  };
  const series = values["series"] as string | undefined;
  return {
    series,
    samples:
      values["samples"] === undefined
        ? series === undefined
          ? 600
          : 10_000_000
        : Math.floor(number("samples", 1, 1e7)),
    devices: Math.floor(number("devices", 1, 10_000)),
    id: text("id"),
    type: text("type"),
    metric: text("metric"),
    speed: text("speed") === "max" ? "max" : number("speed", 0.001, 1e9),
    url: (values["url"] as string | undefined) || env["HEADWATER_URL"] || "http://127.0.0.1:8080",
    rulesUrl: (values["rules-url"] as string | undefined) || env["HEADWATER_RULES_URL"] || undefined,
    mqtt: text("mqtt"),
    tokenFile: values["token-file"] as string | undefined,
    settleMs: number("settle", 0, 3600) * 1000,
    lingerMs: number("linger", 0, 3600) * 1000,
    json: values["json"] === true,
  };
}
