/**
 * A long fuzz of the guard. Prints its findings; exit code 1 for any of these: an exception, a difference
 * by how the bytes are cut, something that the parser behind it does not take, or a heap that grows. The version of
 * MQTT is 4 (3.1 and 3.1.1) or 5.
 *
 *     npm run fuzz:guard [packets] [seed] [version]
 */
import { readVectors } from "../../tests/conformance/vectors.ts";
import { bytesOf } from "../../tests/conformance/notation.ts";
import { corpora, fuzzGuard } from "../../edge-gateway/test/guard/guard-fuzz.ts";

const [packets = 1_000_000, seed = Date.now() % 1_000_000_007, version = 4] = process.argv.slice(2).map(Number);
const extra = readVectors()
  .filter((vector) => (vector.version === 5) === (version === 5))
  .flatMap(({ messages }) => messages.flatMap((message) => (message.type === "send" ? [bytesOf(message.payload)] : [])))
  .filter(({ length }) => length > 0);
const rounds = 10;
const mebibyte = 1024 * 1024;

const heaps: number[] = [];
let longest = 0;
let failed = false;
const began = performance.now();
for (let round = 0; round < rounds && !failed; round += 1) {
  const result = fuzzGuard(
    Math.ceil(packets / rounds),
    seed + round,
    extra,
    version === 5 ? corpora.version5 : corpora.version4,
  );
  longest = Math.max(longest, result.longestCall);
  globalThis.gc?.();
  heaps.push(process.memoryUsage().heapUsed / mebibyte);
  if (round === 0) console.log(`violations of the first round: ${JSON.stringify(result.violations)}`);
  if (result.failure !== undefined) {
    failed = true;
    console.error(`seed ${seed + round}: ${result.failure}`);
  }
}
const seconds = (performance.now() - began) / 1000;
if (longest > 50) {
  failed = true;
  console.error(`a single call took ${longest.toFixed(1)} ms, again and again`);
}
const growth = heaps.at(-1)! - heaps[Math.min(2, heaps.length - 1)]!;
console.log(
  `${packets} packets, ${extra.length} of them from the vectors at the root, seed ${seed}: ${seconds.toFixed(1)} s; longest single call ${longest.toFixed(1)} ms; heap after each tenth ${heaps.map((heap) => heap.toFixed(1)).join(", ")} MiB`,
);
if (growth > 16) {
  failed = true;
  console.error(`the heap grew by ${growth.toFixed(1)} MiB`);
}
process.exitCode = failed ? 1 : 0;
