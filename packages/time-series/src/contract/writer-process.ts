import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import type { Point, SeriesRef } from "../time-series-store.ts";
import type { OpenStore } from "./store-under-test.ts";

/** Points of one write of the process that gets killed; their values count up from 0. */
export const KILL_POINTS = 100;

export function killSeries(measurement: string): SeriesRef {
  return { measurement, tags: { device: "killed" }, field: "value" };
}

/** Writes until it is killed, two writes at a time, and prints how many have resolved. */
async function main(module: string, measurement: string): Promise<void> {
  const { T0 } = await import("./store-under-test.ts");
  const { openStore } = (await import(module)) as { openStore: OpenStore };
  const store = await openStore(JSON.parse(await text(stdin)) as never);
  const { tags } = killSeries(measurement);
  let next = 0;
  let writing = Promise.resolve();
  for (let write = 1; ; write++) {
    const points = Array.from({ length: KILL_POINTS }, (): Point => {
      const value = next++;
      return { measurement, tags, time: T0 + value, fields: { value } };
    });
    const before = writing;
    writing = store.write(points).then(() => before);
    await before;
    stdout.write(`${write - 1}\n`);
  }
}

if (import.meta.main) await main(process.argv[2] as string, process.argv[3] as string);
