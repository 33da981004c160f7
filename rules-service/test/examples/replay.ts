import { readFileSync } from "node:fs";
import type { Device } from "@headwater/aggregates";
import { alertTransition } from "@headwater/proto";
import { parse } from "yaml";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, change, Collected, LogWriter } from "../engine/harness.ts";

export type Value = number | string | boolean;

export interface Sample {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Empty: the device says nothing, and the log goes on to that time. */
  readonly values: Readonly<Record<string, Value>>;
}

export interface Episode {
  /** Milliseconds and severity of the raise and each change after it; or that flapping holds it open. */
  readonly steps: readonly (readonly [number, string])[];
  readonly clearedAt: number | undefined;
}

const examples = new URL("../../../docs/examples/", import.meta.url);

/** An example as the documentation has it. */
export function exampleRule(path: string): { readonly id: string } & Record<string, unknown> {
  return parse(readFileSync(new URL(path, examples), "utf8")) as { id: string };
}

/** The episodes of a live rule on one device, whose messages are written to the log as soon as they are read. */
export function replay(
  rule: { readonly id: string } & Record<string, unknown>,
  samples: readonly Sample[],
  fields: Partial<Device> = {},
): Episode[] {
  return episodesOf(effectsOf(rule, samples, fields));
}

/** The same, with all that the rule does. */
export function effectsOf(
  rule: { readonly id: string } & Record<string, unknown>,
  samples: readonly Sample[],
  fields: Partial<Device> = {},
): Collected {
  const engine = createPartitionEngine(0);
  const effects = new Collected();
  const log = new LogWriter();
  let appended = 0;
  const append = (time: number, values: Sample["values"]): void => {
    const micros = time * 1000;
    appended = Math.max(appended, micros);
    const readings = Object.entries(values).map(([metric, value]) => readingOf(metric, value));
    const identity = { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: appended };
    const content = readings.length === 0 ? { mark: { received: 0 } } : { device: "d", eventTime: micros, readings };
    const { record, at } = log.append({ ...identity, ...content }, appended);
    engine.applyRecord(record, at, effects);
  };
  append(samples[0]!.time, {});
  const rest = { revision: 1, type: "", tags: {}, attributes: {}, credentials: [], createdAt: 0, updatedAt: 0 };
  engine.applyDevice("d", { id: "d", ...rest, ...fields }, 0, effects);
  all(engine.applyRule(change(rule), effects));
  for (const { time, values } of samples) append(time, values);
  return effects;
}

function readingOf(metric: string, value: Value) {
  if (typeof value === "number") return { metric, number: value };
  return typeof value === "boolean" ? { metric, boolean: value } : { metric, text: value };
}

function episodesOf(effects: Collected): Episode[] {
  const episodes = new Map<string, { steps: [number, string][]; clearedAt: number | undefined }>();
  for (const { alertId, kind, at, severity, flapping } of effects.alerts) {
    const episode = episodes.get(alertId!) ?? { steps: [], clearedAt: undefined };
    episodes.set(alertId!, episode);
    if (kind === alertTransition.cleared) episode.clearedAt = at! / 1000;
    else if (kind === alertTransition.flapping) episode.steps.push([at! / 1000, flapping ? "flapping" : "steady"]);
    else episode.steps.push([at! / 1000, severity!]);
  }
  return [...episodes.values()];
}
