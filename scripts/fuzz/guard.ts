/**
 * A long fuzz of the guard. Prints its findings; exit code 1 for any of these: an exception, a difference
 * by how the bytes are cut, something that the parser behind it does not take, or a heap that grows. The version of
 * MQTT is 4 (3.1 and 3.1.1) or 5. Says every few seconds how far it is.
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
/** A part takes seconds at most, on a slow machine too. */
const packetsOfPart = 5000;
const saysEveryMs = 5000;
const parts = Math.max(10, Math.ceil(packets / packetsOfPart));
const mebibyte = 1024 * 1024;

const heaps: number[] = [];
const violations = new Map<string, number>();
let [sent, longest, failed] = [0, 0, false];
const began = performance.now();
let saidAt = began;
for (let part = 0; part < parts && !failed; part += 1) {
  const result = fuzzGuard(
    Math.ceil(packets / parts),
    seed + part,
    extra,
    version === 5 ? corpora.version5 : corpora.version4,
  );
  sent += result.packets;
  longest = Math.max(longest, result.longestCall);
  for (const [kind, count] of Object.entries(result.violations)) {
    violations.set(kind, (violations.get(kind) ?? 0) + count);
  }
  // After each tenth of them.
  if (Math.floor(((part + 1) * 10) / parts) > heaps.length) {
    globalThis.gc?.();
    heaps.push(process.memoryUsage().heapUsed / mebibyte);
  }
  if (result.failure !== undefined) {
    failed = true;
    console.error(`seed ${seed + part}: ${result.failure}`);
  }
  if (performance.now() - saidAt > saysEveryMs) {
    saidAt = performance.now();
    console.log(`${sent} of ${packets} packets after ${secondsSince(began)} s; longest call ${longest.toFixed(1)} ms`);
  }
}
if (longest > 50) {
  failed = true;
  console.error(`a single call took ${longest.toFixed(1)} ms, again and again`);
}
const growth = heaps.at(-1)! - heaps[Math.min(2, heaps.length - 1)]!;
console.log(`violations: ${JSON.stringify(Object.fromEntries(violations))}`);
console.log(
  `${sent} packets, ${extra.length} of them from the vectors at the root, seed ${seed}: ${secondsSince(began)} s; longest single call ${longest.toFixed(1)} ms; heap after each tenth ${heaps.map((heap) => heap.toFixed(1)).join(", ")} MiB`,
);
if (growth > 16) {
  failed = true;
  console.error(`the heap grew by ${growth.toFixed(1)} MiB`);
}
process.exitCode = failed ? 1 : 0;

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
