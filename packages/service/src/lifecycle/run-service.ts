import type { ServiceApp } from "../service-app.ts";
import { aborted } from "@headwater/core";

export interface RunServiceOptions {
  /** Ends the service. */
  readonly signal: AbortSignal;
  /** Called once it takes work. */
  readonly onReady?: () => void | Promise<void>;
}

/**
 * Starts a service, waits until the signal is aborted or the service dies, and stops it. Rejects with the error of a
 * failed start or of the death, after the service has stopped.
 */
export async function runService(app: ServiceApp, options: RunServiceOptions): Promise<void> {
  const stopped = aborted(options.signal);
  try {
    const started = await Promise.race([app.start().then(() => true), stopped.then(() => false), app.died]);
    if (!started) return;
    await options.onReady?.();
    await Promise.race([stopped, app.died]);
  } finally {
    await app.stop();
  }
}
