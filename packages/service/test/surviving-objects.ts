import { getHeapSpaceStatistics } from "node:v8";
import { boundYoungGeneration } from "../src/host/heap-bounds.ts";

/**
 * Makes many objects that survive, as new connections do, and prints how large the young generation became (bytes). On
 * a slow machine it may have given some of that back by the end.
 */
if (process.argv[2] === "bounded") boundYoungGeneration();
const kept: unknown[] = [];
let most = 0;
for (let round = 0; round < 100; round += 1) {
  for (let i = 0; i < 10_000; i += 1) kept.push({ round, i, text: `${round}-${i}`, list: [i] });
  await new Promise((resolve) => setTimeout(resolve, 10));
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  most = Math.max(most, young!.space_size);
}
process.stdout.write(`${kept.length > 0 ? most : 0}\n`);
