import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const boundBytes = 12 * 1024 * 1024;
const everyMs = 50;

/**
 * Keeps V8's heap near what lives in it: the old generation is collected when it has grown by so many per cent, and the
 * young one is bounded. Call once a process.
 */
export function boundHeap(growthPercent: number): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  boundYoungGeneration();
}

/**
 * Keeps V8's young generation from growing further while it has a good size. It grows when many objects survive, as
 * those of 10,000 new connections do, up to 128 MiB, and gives none of that back before it is quiet; messages, which
 * live for milliseconds, do not need it. What was given back may grow again: a young generation of a megabyte makes old
 * ones of messages that are still on their way.
 */
export function boundYoungGeneration(): void {
  let bounded = false;
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    const large = young !== undefined && young.space_size >= boundBytes;
    if (large === bounded) return;
    bounded = large;
    // A limit has to be known when the process starts (`headwater` gives one); the rate of growth is read whenever it
    // might grow.
    setFlagsFromString(`--semi-space-growth-factor=${large ? 1 : 2}`);
  }, everyMs);
  timer.unref();
}
