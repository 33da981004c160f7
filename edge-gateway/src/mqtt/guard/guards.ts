import type { Duplex } from "node:stream";
import { StalledOutputWatch } from "./stalled-output-watch.ts";
import { StreamGuard, type RateLimits, type StreamGuardOptions } from "./stream-guard.ts";
import type { GuardLimits, Violation } from "./violations.ts";

export interface GuardsOptions {
  readonly limits: GuardLimits & RateLimits & { readonly maxUnsentBytes: number; readonly stallTimeoutMs: number };
  /** Told of a connection that is cut. */
  readonly onCut: (guard: StreamGuard, violation: Violation) => void;
  /** Counts that a client was read more slowly than it sent. */
  readonly countSlowed: () => void;
  /** The client on this stream may not be taken as silent: it is the gateway that does not read. */
  readonly keepAlive: (stream: Duplex) => void;
  /** Takes packets past the broker. */
  readonly takeFirst?: StreamGuardOptions["takeFirst"];
}

/** The guards of all connections. */
export class Guards {
  readonly #stalled: StalledOutputWatch;
  /** The same for all: a gateway holds many thousands of guards. */
  readonly #shared: StreamGuardOptions;
  readonly #guards = new WeakMap<Duplex, StreamGuard>();

  constructor({ limits, onCut, countSlowed, keepAlive, takeFirst }: GuardsOptions) {
    this.#stalled = new StalledOutputWatch(limits.stallTimeoutMs);
    this.#shared = {
      limits,
      rates: limits,
      maxUnsentBytes: limits.maxUnsentBytes,
      onViolation: onCut,
      onSlowed: (slowed) => {
        countSlowed();
        keepAlive(slowed.stream);
      },
      onDeferred: (deferred) => keepAlive(deferred.stream),
      onCongested: (congested) => this.#stalled.watch(congested),
      ...(takeFirst !== undefined && { takeFirst }),
    };
  }

  start(): void {
    this.#stalled.start();
  }

  stop(): void {
    this.#stalled.stop();
  }

  /** Puts a guard onto a stream, before the broker has it and after its peer is known. */
  put(stream: Duplex): void {
    this.#guards.set(stream, new StreamGuard(stream, this.#shared));
  }

  of(stream: Duplex): StreamGuard | undefined {
    return this.#guards.get(stream);
  }
}
