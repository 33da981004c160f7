import type { OpenAlert, PartitionEngine } from "../../src/engine/engine.ts";
import type { JoinedLife } from "./joined-life.ts";
import { JoinedReference } from "./joined-reference.ts";
import { JoinedWorld } from "./joined-world.ts";

/** Where the fold of alerts.v1 and an engine's open alerts first differ; undefined: they do not. */
export function differsFromReaders(
  createEngine: (partition: number) => PartitionEngine,
  life: JoinedLife,
): string | undefined {
  let difference: string | undefined;
  const look = (world: JoinedWorld): void => {
    if (difference !== undefined) return;
    const offset = world.log.length;
    const folded = world.readers.open.map(({ id, rule, device, severity, raisedAt, shadow }): OpenAlert =>
      // oxfmt-ignore
      ({ alertId: id, rule, device, severity, raisedAt, shadow }),
    );
    const [read, open] = [textOf(folded), textOf(world.engine.open())];
    if (read !== open) difference = `before ${offset}: read ${read}, open ${open}`;
  };
  const world = new JoinedWorld(createEngine, life).run(look);
  return difference ?? world.readers.faults[0];
}

function textOf(alerts: Iterable<OpenAlert>): string {
  const list = Array.from(alerts, ({ alertId, rule, device, severity, raisedAt, shadow }) =>
    JSON.stringify({ alertId, rule, device, severity, raisedAt, shadow }),
  );
  return list.toSorted().join(" ");
}

/** Where the open alerts and the reference first differ, every rule being warmed with the whole log. */
export function differsFromReference(
  createEngine: (partition: number) => PartitionEngine,
  { log, outdated, doings }: JoinedLife,
): string | undefined {
  let difference: string | undefined;
  const reference = new JoinedReference();
  const warm = doings.map(([offset, doing]) => {
    return [offset, doing.kind === "effect" ? { ...doing, warmedWith: Infinity } : doing] as const;
  });
  const look = (world: JoinedWorld): void => {
    difference ??= reference.differs([...world.engine.open()]);
    if (difference?.startsWith("before") === false) difference = `before ${world.log.length}: ${difference}`;
  };
  new JoinedWorld(createEngine, { log, outdated, doings: warm }, reference).run(look);
  return difference;
}
