import type { Device } from "@headwater/aggregates";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import type { PartitionEngine } from "../../src/engine/engine.ts";
import { clockAfter, reach } from "../reference/clock.ts";
import { ReferenceRule } from "../reference/reference.ts";
import type { HistoryEntry } from "../reference/reference.ts";
import { all, Collected } from "./harness.ts";
import type { Entry } from "./harness.ts";
import { devices } from "./histories.ts";
import { byTime, AlertReader } from "./alert-reader.ts";

/** Where an engine and the reference first differ over a history; undefined: they do not. */
export function agreesWithReference(
  createEngine: (partition: number) => PartitionEngine,
  rules: readonly RuleDefinition[],
  log: readonly Entry[],
  registered: readonly (Device | undefined)[] = [],
): string | undefined {
  const engine = createEngine(0);
  const effects = new Collected();
  const listener = new AlertReader();
  for (const device of registered) if (device !== undefined) engine.applyDevice(device.id, device, 0, effects);
  for (const definition of rules)
    all(engine.applyRule({ rule: definition.id, revision: 1, mode: "live", definition }, effects));
  const pairs = rules.flatMap((rule) =>
    devices.map((device, index) => {
      return { rule: rule.id, device, reference: new ReferenceRule(rule, device, registered[index]) };
    }),
  );
  const history: HistoryEntry[] = [];
  for (const { record, at } of log) {
    engine.applyRecord(record, at, effects);
    all(engine.left ?? []);
    history.push({ record, offset: at.offset, appendTime: at.appendTime });
    const reaches = new Map<string, number>();
    const reachOf = (gateway: string): number => {
      const known = reaches.get(gateway) ?? reach(clockAfter(history), gateway);
      reaches.set(gateway, known);
      return known;
    };
    const begun = listener.read(effects.take(), record.readings.length <= 1);
    if (listener.faults.length > 0) return `at ${at.offset}: ${listener.faults.join("; ")}`;
    for (const { rule, device, reference } of pairs) {
      const expected = JSON.stringify([...reference.after(history, reachOf)].toSorted(byTime));
      const emitted = JSON.stringify(listener.episodes(rule, device));
      if (emitted !== expected)
        return `at ${at.offset}, ${rule} on ${device}: emitted ${emitted}, expected ${expected}`;
      for (const id of begun) {
        const alert = listener.alerts.get(id)!;
        if (alert.rule !== rule || alert.device !== device || record.readings.length > 1) continue;
        const isReal = !reference.wasLate || alert.state !== "cleared";
        if (isReal !== listener.real.has(id))
          return `at ${at.offset}: ${id} should ${isReal ? "" : "not "}be a real raise`;
      }
    }
    const { now } = clockAfter(history);
    if (engine.clock !== now) return `at ${at.offset}: clock ${engine.clock}, not ${now}`;
  }
  const tooLate = pairs.reduce((sum, { reference }) => sum + reference.tooLate, 0);
  // Of a rule on several metrics, what changes nothing is passed over before it is known to be too late.
  const isCounted = pairs.every(({ reference }) => new Set(reference.inputs).size === 1);
  const counted = engine.counters.tooLate;
  return counted === tooLate || (!isCounted && counted < tooLate) ? undefined : `${counted} too late, not ${tooLate}`;
}
