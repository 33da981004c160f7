import { SimulationError } from "../../errors.ts";
import { InfluxBucketReader } from "./influx-bucket.ts";
import { KafkaTopicReader } from "./kafka-topic.ts";
import { headwaterForm, jsonForm, type MessageForm } from "./message-form.ts";
import { MqttSubscriptionReader } from "./mqtt-subscription.ts";
import type { LogReader, OnArrival, StoreReader } from "./reader.ts";

/** Where a verdict comes from beside Headwater's own API: of each kind one at most. */
export interface Results {
  readonly log?: (metricOf: ReadonlyMap<string, string>, onArrival: OnArrival) => LogReader;
  readonly store?: (metricOf: ReadonlyMap<string, string>) => StoreReader;
}

const remedy =
  "write kafka://host:9092/topic, mqtt://host:1883/?filter=devices/+/telemetry or influx://host:8086/org/bucket " +
  "(headwater sim --help)";

interface Address {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
}

/** @throws SimulationError for an address that is none. */
export function resultsOf(addresses: readonly string[], env: NodeJS.ProcessEnv): Results {
  let results: Results = {};
  for (const text of addresses) {
    const one = resultOf(addressOf(text), env);
    const twice = (["log", "store"] as const).find((kind) => kind in results && kind in one);
    if (twice !== undefined) throw new SimulationError(`--results: there is another ${twice} before ${text}`);
    results = { ...results, ...one };
  }
  return results;
}

function resultOf(address: Address, env: NodeJS.ProcessEnv): Results {
  const { scheme, host, path, text } = address;
  switch (scheme) {
    case "kafka": {
      const [topic] = named(address, ["topic"]);
      const form = formOf(address, ["form", "device", "seq", "pattern"]);
      const brokers = host.split(",");
      return {
        log: (metricOf, onArrival) =>
          new KafkaTopicReader({ brokers, topic, form: form(metricOf) }, new Set(metricOf.keys()), onArrival),
      };
    }
    case "mqtt":
    case "mqtts": {
      const form = formOf(address, ["filter", "form", "device", "seq", "pattern"]);
      const filter = address.parameters.get("filter");
      if (filter === undefined || path.some((part) => part !== "")) {
        throw new SimulationError(`--results: ${text} needs a filter, and nothing before it; ${remedy}`);
      }
      const url = `${scheme}://${host}`;
      return {
        log: (metricOf, onArrival) =>
          new MqttSubscriptionReader({ url, filter, form: form(metricOf) }, new Set(metricOf.keys()), onArrival),
      };
    }
    case "influx":
    case "influxs": {
      const [org, bucket] = named(address, ["organization", "bucket"]);
      const { parameters } = known(address, ["measurement", "device", "pattern", "field"]);
      const token = env["INFLUX_TOKEN"];
      if (token === undefined || token === "") {
        throw new SimulationError("--results: set INFLUX_TOKEN to a token that reads the bucket");
      }
      const options = {
        ...{ url: `${scheme === "influxs" ? "https" : "http"}://${host}`, org, bucket, token },
        measurement: parameters.get("measurement") ?? "telemetry",
        tag: parameters.get("device") ?? "device",
        pattern: parameters.get("pattern") ?? "{device}",
        field: parameters.get("field"),
      };
      return { store: (metricOf) => new InfluxBucketReader(options, metricOf) };
    }
    default:
      throw new SimulationError(`--results: ${text} is nothing that is read; ${remedy}`);
  }
}

function formOf(address: Address, names: readonly string[]): (metricOf: ReadonlyMap<string, string>) => MessageForm {
  const { parameters, text } = known(address, names);
  const form = parameters.get("form") ?? (parameters.has("seq") ? "json" : "headwater");
  const [device, seq, pattern] = ["device", "seq", "pattern"].map((name) => parameters.get(name));
  if (form === "headwater") return headwaterForm;
  if (form !== "json") throw new SimulationError(`--results: ${text}: form is json or headwater, not ${form}`);
  if (device === undefined || seq === undefined) {
    const where = "device=PATH (or topic, or key) and seq=PATH";
    throw new SimulationError(`--results: ${text}: say where in the JSON the device and the number are: ${where}`);
  }
  if (pattern !== undefined && !pattern.includes("{device}")) {
    throw new SimulationError(`--results: ${text}: the pattern has no {device} in it`);
  }
  return () => jsonForm(device, seq, pattern);
}

/** `+` and `#` of filters stand for themselves: this is no URL of a page. */
function addressOf(text: string): Address {
  const match = /^([a-z]+):\/\/([^/?]+)\/?([^?]*)(?:\?(.*))?$/.exec(text);
  if (match === null) throw new SimulationError(`--results: ${JSON.stringify(text)} is no address; ${remedy}`);
  const [, scheme = "", host = "", path = "", query = ""] = match;
  const parameters = new Map<string, string>();
  for (const part of query === "" ? [] : query.split("&")) {
    const [name = "", ...value] = part.split("=");
    parameters.set(name, decoded(value.join("="), text));
  }
  return { text, scheme, host, path: path.split("/").map((part) => decoded(part, text)), parameters };
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new SimulationError(`--results: ${text}: ${part} has a % that encodes nothing; write %25`, { cause });
  }
}

function named<const N extends readonly string[]>({ path, text }: Address, names: N): { [I in keyof N]: string } {
  if (path.length !== names.length || path.includes("")) {
    throw new SimulationError(`--results: ${text} needs ${names.join(" and ")} in its path; ${remedy}`);
  }
  return path as unknown as { [I in keyof N]: string };
}

function known(address: Address, names: readonly string[]): Address {
  const unknown = [...address.parameters.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return address;
  throw new SimulationError(`--results: ${address.text}: there is no ${unknown} here; known are ${names.join(", ")}`);
}
