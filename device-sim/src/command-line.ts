import { parseArgs } from "node:util";
import { SimulationError } from "./errors.ts";
import { formatNames } from "./payloads/format-names.ts";
import type { FleetOptions } from "./fleet/fleet-of-options.ts";

interface Common {
  readonly rulesUrl: string | undefined;
  readonly tokenFile: string | undefined;
  /** undefined: 5, or what the fleet's file says. */
  readonly mqttVersion: "3.1.1" | 5 | undefined;
  readonly settleMs: number;
  readonly json: boolean;
}

/** A recorded or built-in series, sent as it was. */
export interface ReplayLine extends Common {
  readonly kind: "replay";
  readonly url: string;
  readonly mqtt: string;
  readonly series: string | undefined;
  readonly samples: number;
  readonly devices: number;
  readonly id: string;
  readonly type: string;
  readonly metric: string;
  readonly speed: number | "max";
  readonly lingerMs: number;
}

/** A fleet on a schedule. */
export interface FleetLine extends Common, FleetOptions {
  readonly kind: "fleet";
  /** Undefined: what the fleet's file says. */
  readonly url: string | undefined;
  readonly mqtt: string | undefined;
  readonly file: string | undefined;
  readonly prefix: string;
  readonly threads: number | undefined;
  readonly share: readonly [number, number];
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly report: string | undefined;
  /** Where results are read from; none: from Headwater's API. */
  readonly results: readonly string[];
  /** Nobody but the broker is asked: no registration, no store. */
  readonly acksOnly: boolean;
}

export const usage = `headwater sim: devices that send, and a verdict on what became of it

A fleet on a schedule that does not wait for the platform:
  --fleet FILE      a fleet in YAML (device-sim/README.md; eight are in device-sim/fleets); headwater sim schema
                    prints its JSON Schema for editors
  --devices N       without a file: so many devices (default 100)
  --rate R          messages a second of all together: 5000, 5000/s, 12/m (default one a device)
  --duration D      30s, 10m (default 60s)
  --qos Q           0, 1 or 2 (default 1)
  --payload-bytes N fill each message up to that
  --format F        json (default), senml, senml-cbor, cbor, line, protobuf, value, thingsboard, sparkplug; with a route
                    at the gateway tasmota, shelly, zigbee2mqtt, home-assistant, the-things-stack, chirpstack
  --seed N          of all that is drawn by chance (default 1)
  --prefix P        before each device's id (default "")
  --tls             connect by TLS (mqtts://, port 8883 unless --mqtt says otherwise)
  --ca FILE         trust this certificate, too; --cert FILE and --key FILE: the devices' own
  --threads N       of the load (default: by rate and devices)
  --share P/N       this process is part P of N; run all of them, each with its own part;
                    headwater sim merge A.json B.json makes one verdict of what they print with --json
  --report FILE     a page in HTML with charts of the run
  --acks-only       a foreign broker: nothing is registered, nothing but acknowledgements and --results is known
  --results URL     what is asked what arrived, instead of Headwater; twice for a log and a store:
                      kafka://host:9092/topic              Headwater's records, or JSON with &-separated
                        ?device=tags.topic&pattern=devices/{device}/telemetry&seq=fields.seq
                      mqtt://host:1883/?filter=devices/+/telemetry&device=topic&pattern=…&seq=values.seq
                      influx://host:8086/org/bucket?measurement=telemetry&device=TAG&pattern=…&field=seq
                    (the token of InfluxDB is in INFLUX_TOKEN)

Or a series, sent as it was:
  --series FILE     a recorded series, CSV "timestamp,value", shifted to end now (default: a built-in boiler)
  --samples N       of the built-in boiler (default 600); with --series: only its last N
  --devices N       how many devices replay it (default 1)
  --id ID           device id, numbered when there are several (default boiler-1)
  --type TYPE       device type (default boiler)
  --metric NAME     (default temperature)
  --speed X         times real time, or "max" (default max)
  --linger S        seconds to stay connected for commands at the end (default 2)

For both:
  --url URL         Headwater's HTTP address, or that of one of its services (default HEADWATER_URL, else
                    http://127.0.0.1:8080)
  --rules-url URL   that of the rules service, if the one at --url cannot tell (default HEADWATER_RULES_URL)
  --mqtt URL        its MQTT address (default mqtt://127.0.0.1:1883); ws:// and wss:// for WebSocket
  --mqtt-version V  5 (default) or 3.1.1; with --fleet: of all its profiles
  --token-file FILE file with the access token (default HEADWATER_TOKEN, HEADWATER_TOKEN_FILE, else data/admin-token)
  --settle S        seconds the pipeline may take to store what was acked (default 30)
  --json            the verdict as JSON

Exit code 0: every expectation holds, and nothing acked was lost. 1: something was, or the run failed. Ctrl-C ends the
sending; what was sent is still waited for. A second Ctrl-C ends that as well, and gives the verdict so far.`;

/** As `node:util` parses them; the command line suggests one of these for a mistyped one. */
export const options = {
  fleet: { type: "string" },
  rate: { type: "string" },
  duration: { type: "string" },
  qos: { type: "string" },
  "mqtt-version": { type: "string" },
  "payload-bytes": { type: "string" },
  format: { type: "string" },
  seed: { type: "string" },
  prefix: { type: "string" },
  tls: { type: "boolean", default: false },
  ca: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  threads: { type: "string" },
  share: { type: "string" },
  report: { type: "string" },
  results: { type: "string", multiple: true },
  "acks-only": { type: "boolean", default: false },
  series: { type: "string" },
  samples: { type: "string" },
  devices: { type: "string" },
  id: { type: "string" },
  type: { type: "string" },
  metric: { type: "string" },
  speed: { type: "string" },
  linger: { type: "string" },
  url: { type: "string" },
  "rules-url": { type: "string" },
  mqtt: { type: "string" },
  "token-file": { type: "string" },
  settle: { type: "string", default: "30" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

const ofFleets = [
  ["fleet", "rate", "duration", "qos", "payload-bytes", "format", "seed", "prefix", "tls", "ca", "cert", "key"],
  ["threads", "share", "report", "acks-only", "results"],
].flat();
const ofReplays = ["series", "samples", "id", "type", "metric", "speed", "linger"];

/** @throws SimulationError naming the option and what it takes. */
export function parseCommandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ReplayLine | FleetLine | "help" {
  let values: Values;
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new SimulationError(`${(cause as Error).message}. See headwater sim --help`, { cause });
  }
  if (values["help"] === true) return "help";
  const given = (names: readonly string[]): string | undefined =>
    names.find((name) => values[name] !== undefined && values[name] !== false);
  const fleetOption = given(ofFleets);
  const replayOption = given(ofReplays);
  if (fleetOption !== undefined && replayOption !== undefined) {
    throw new SimulationError(
      `--${fleetOption} is for a fleet on a schedule and --${replayOption} for a series that is replayed; leave one out`,
    );
  }
  return fleetOption === undefined ? replayLine(values, env) : fleetLine(values, env);
}

function commonOf(values: Values, env: NodeJS.ProcessEnv): Common {
  const text = (name: string): string | undefined => values[name] as string | undefined;
  return {
    rulesUrl: text("rules-url") || env["HEADWATER_RULES_URL"] || undefined,
    tokenFile: text("token-file"),
    mqttVersion: versionOf(text("mqtt-version")),
    settleMs: number(values, "settle", 0, 3600) * 1000,
    json: values["json"] === true,
  };
}

function urlOf(values: Values, env: NodeJS.ProcessEnv): string | undefined {
  return (values["url"] as string | undefined) || env["HEADWATER_URL"] || undefined;
}

function replayLine(values: Values, env: NodeJS.ProcessEnv): ReplayLine {
  const text = (name: string, otherwise: string): string => (values[name] as string | undefined) ?? otherwise;
  const series = values["series"] as string | undefined;
  return {
    kind: "replay",
    ...commonOf(values, env),
    url: urlOf(values, env) ?? "http://127.0.0.1:8080",
    mqtt: text("mqtt", "mqtt://127.0.0.1:1883"),
    series,
    samples:
      values["samples"] === undefined
        ? series === undefined
          ? 600
          : 10_000_000
        : Math.floor(number(values, "samples", 1, 1e7)),
    devices: values["devices"] === undefined ? 1 : Math.floor(number(values, "devices", 1, 10_000)),
    id: text("id", "boiler-1"),
    type: text("type", "boiler"),
    metric: text("metric", "temperature"),
    speed: text("speed", "max") === "max" ? "max" : number(values, "speed", 0.001, 1e9),
    lingerMs: values["linger"] === undefined ? 2_000 : number(values, "linger", 0, 3600) * 1000,
  };
}

function fleetLine(values: Values, env: NodeJS.ProcessEnv): FleetLine {
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const whole = (name: string, least: number, most: number): number | undefined =>
    values[name] === undefined ? undefined : Math.floor(number(values, name, least, most));
  const file = text("fleet");
  const alone = ["qos", "payload-bytes", "format", "devices"].find((name) => values[name] !== undefined);
  if (file !== undefined && alone !== undefined) {
    throw new SimulationError(`--${alone} is what the fleet's file says; change it there, or leave --fleet out`);
  }
  const format = text("format");
  if (format !== undefined && !(formatNames as readonly string[]).includes(format)) {
    throw new SimulationError(`--format takes one of ${formatNames.join(", ")}, not ${JSON.stringify(format)}`);
  }
  if ((text("cert") === undefined) !== (text("key") === undefined)) {
    throw new SimulationError("--cert and --key belong together; give both");
  }
  return {
    kind: "fleet",
    ...commonOf(values, env),
    url: urlOf(values, env),
    mqtt: values["tls"] === true ? withTls(text("mqtt")) : text("mqtt"),
    file,
    devices: whole("devices", 1, 1_000_000) ?? 100,
    rate: text("rate"),
    qos: whole("qos", 0, 2) ?? 1,
    duration: text("duration"),
    payloadBytes: whole("payload-bytes", 1, 1_000_000),
    format,
    seed: whole("seed", 0, 4_294_967_295),
    prefix: text("prefix") ?? "",
    threads: whole("threads", 1, 64),
    share: shareOf(text("share")),
    ca: text("ca"),
    certificate: text("cert"),
    key: text("key"),
    report: text("report"),
    results: (values["results"] as readonly string[] | undefined) ?? [],
    acksOnly: values["acks-only"] === true,
  };
}

function number(values: Values, name: string, least: number, most: number): number {
  const text = values[name] as string;
  const value = Number(text);
  if (!Number.isFinite(value) || value < least || value > most || text === "") {
    throw new SimulationError(`--${name} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  }
  return value;
}

function versionOf(text: string | undefined): "3.1.1" | 5 | undefined {
  if (text === undefined || text === "3.1.1") return text;
  if (text === "5" || text === "5.0") return 5;
  throw new SimulationError(`--mqtt-version takes 3.1.1 or 5, not ${JSON.stringify(text)}`);
}

function shareOf(text: string | undefined): readonly [number, number] {
  if (text === undefined) return [1, 1];
  const [part, parts] = (/^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? []).slice(1).map(Number);
  if (part === undefined || parts === undefined || part < 1 || part > parts) {
    throw new SimulationError(`--share takes a part of all like 1/4, not ${JSON.stringify(text)}`);
  }
  return [part, parts];
}

function withTls(url: string | undefined): string {
  if (url === undefined) return "mqtts://127.0.0.1:8883";
  return url.replace(/^mqtt:/, "mqtts:").replace(/^ws:/, "wss:");
}
