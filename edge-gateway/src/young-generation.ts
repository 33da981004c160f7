import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const boundBytes = 12 * 1024 * 1024;
const everyMs = 50;

/**
 * Keeps V8's young generation from growing further once it has a good size. It grows when many objects survive, as those of 10,000 new connections do, up
 * to 100 MB, and gives none of that back; messages, which live for milliseconds, do not need it. Call once a process.
 */
export function boundYoungGeneration(): void {
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    if (young !== undefined && young.space_size < boundBytes) return;
    clearInterval(timer);
    // A limit has to be known when the process starts; the rate of growth is read whenever it might grow.
    setFlagsFromString("--semi-space-growth-factor=1");
  }, everyMs);
  timer.unref();
}
