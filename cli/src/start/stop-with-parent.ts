/** How often it is looked whether the parent is still there (milliseconds). */
const everyMs = 500;

/**
 * A signal that is aborted with `signal`, and once process `parent` is not this one's parent any more. A killed npm
 * tells its child nothing, so `npm start` would leave Headwater running; the script names npm as the parent (`$PPID` of
 * its shell, which this process replaces).
 */
export function stopWithParent(signal: AbortSignal, parent: number): AbortSignal {
  const gone = new AbortController();
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone.abort("the parent is gone");
  }, everyMs);
  timer.unref();
  return AbortSignal.any([signal, gone.signal]);
}
