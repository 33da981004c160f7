import { calling } from "../../pipeline/commit/acknowledgement.ts";
import type { GroupCommit } from "../../pipeline/commit/group-commit.ts";
import type { RecordWriter } from "../../pipeline/commit/record-writer.ts";
import type { OpenSessions } from "./open-sessions.ts";

export interface SessionStart {
  readonly device: string;
  readonly session: string;
  readonly clientId: string;
  readonly address: string;
  readonly cleanSession: boolean;
}

/** A last will's payload is evidence, not data: it is cut off here (bytes). */
const maxWillBytes = 16 * 1024;

/**
 * Presence of devices as events, each of a session of its own name, so that the end of an old session never says that a
 * device is away which has a new one. They go the way of every message: durable first, then to the log. Every
 * connection is told, also of a device that comes and goes many times a second: what is coalesced here nobody could
 * tell from a device that stayed.
 */
export class Presence {
  readonly #recordWriter: RecordWriter;
  readonly #commit: GroupCommit;
  readonly #open: OpenSessions;

  constructor(recordWriter: RecordWriter, commit: GroupCommit, open: OpenSessions) {
    this.#recordWriter = recordWriter;
    this.#commit = commit;
    this.#open = open;
  }

  /** Tells that the sessions are over which an earlier process left open: it was killed and could not. */
  endLost(): void {
    for (const { device, session } of this.#open.all) this.disconnected(device, session, "gateway-lost");
  }

  connected({ device, session, clientId, address, cleanSession }: SessionStart): void {
    this.#open.begin({ device, session });
    this.#recordWriter.presence({
      device,
      session,
      connected: { clientId: clientId.toWellFormed(), address, cleanSession },
    });
  }

  disconnected(device: string, session: string, reason: string): void {
    this.#recordWriter.presence({ device, session, disconnected: { reason } });
    this.#commit.afterCommit(calling(() => this.#open.end(session)));
  }

  lastWill(device: string, session: string, topic: string, payload: Uint8Array): void {
    this.#recordWriter.presence({ device, session, lastWill: { topic, payload: payload.subarray(0, maxWillBytes) } });
  }
}
