/** Resolves after that time; rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const abortions = new WeakMap<AbortSignal, Promise<void>>();

/**
 * Resolves when the signal is aborted (at once if it is already). One promise a signal, so asking in a loop adds no
 * listeners.
 */
export function aborted(signal: AbortSignal): Promise<void> {
  let abortion = abortions.get(signal);
  if (abortion === undefined) {
    abortion = new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    abortions.set(signal, abortion);
  }
  return abortion;
}
