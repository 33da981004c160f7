import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const youngBytes = 12 * 1024 * 1024;
const everyMs = 50;

/** How far V8's old generation may grow beyond what lived in it, until it is collected. */
export interface HeapGrowth {
  /** Per cent, whatever its size. */
  readonly leastPercent: number;
  /** Bytes, where that is more: a small heap is not collected all the time for little. */
  readonly leastBytes?: number;
}

const mostPercent = 100;

/**
 * Keeps V8's heap near what lives in it: the old generation is collected when it has grown as far as it may, and the
 * young one is bounded. Call once a process.
 */
export function boundHeap({ leastPercent, leastBytes = 0 }: HeapGrowth): void {
  let percent = leastPercent;
  setFlagsFromString(`--heap-growing-percent=${percent}`);
  boundYoungGeneration((oldBytes) => {
    // What is in it now includes garbage, so a heap that is full of it counts for more than what lives there.
    const wanted = Math.round(Math.min(mostPercent, Math.max(leastPercent, (100 * leastBytes) / oldBytes)));
    if (wanted === percent) return;
    percent = wanted;
    // V8 reads it at the end of each collection.
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  });
}

/**
 * Keeps V8's young generation from growing further while it has a good size. It grows when many objects survive, as
 * those of 10,000 new connections do, up to 128 MiB, and gives none of that back before it is quiet; messages, which
 * live for milliseconds, do not need it. What was given back may grow again: a young generation of a megabyte makes old
 * ones of messages that are still on their way.
 *
 * @param onLook is told the bytes in the old generation, with its large objects, each time the heap is looked at
 */
export function boundYoungGeneration(onLook: (oldBytes: number) => void = () => {}): void {
  let bounded = false;
  const timer = setInterval(() => {
    let [young, old] = [0, 0];
    for (const { space_name: name, space_size: size, space_used_size: used } of getHeapSpaceStatistics()) {
      if (name === "new_space") young = size;
      else if (name === "old_space" || name === "large_object_space") old += used;
    }
    onLook(old);
    const large = young >= youngBytes;
    if (large === bounded) return;
    bounded = large;
    // A limit has to be known when the process starts (`headwater` gives one); the rate of growth is read whenever it
    // might grow.
    setFlagsFromString(`--semi-space-growth-factor=${large ? 1 : 2}`);
  }, everyMs);
  timer.unref();
}
