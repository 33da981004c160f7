import { randomUUID } from "node:crypto";
import type { DeviceInput, DeviceState, DeviceWrite } from "@headwater/aggregates";
import type { ReadModel } from "@headwater/event-log/read-model";
import { ConflictError, FatalError, nowMicros } from "@headwater/core";
import type { LogWriter } from "../http/log-write.ts";
import type { Position } from "@headwater/event-log";
import { deviceState, type FoldedDevice } from "./device-model.ts";
import { deviceRecord } from "./device-record.ts";

/** Decides again, with what the other writer left, so often before it gives up. */
const maxTries = 5;

export interface DeviceWritesOptions {
  readonly model: ReadModel;
  readonly topic: string;
  readonly writer: LogWriter;
  readonly source: string;
  readonly timeoutMs: number;
}

export interface WrittenDevice {
  readonly state: DeviceState;
  readonly position: Position;
}

/** Validates, appends, and answers once the event has been folded: it may have come second. */
export class DeviceWrites {
  readonly #options: DeviceWritesOptions;
  /** What became of writes under way, by write id. */
  readonly #waiting = new Map<string, { won: boolean; state: DeviceState } | undefined>();

  constructor(options: DeviceWritesOptions) {
    this.#options = options;
  }

  folded({ writeId, fold }: FoldedDevice): void {
    if (!this.#waiting.has(writeId) || this.#waiting.get(writeId) !== undefined) return;
    this.#waiting.set(writeId, { won: fold.accepted, state: fold.state });
  }

  /**
   * `decide` makes the event of the present state, or throws why not. If another write came first it decides again,
   * unless the caller named the revision. Rejects with what `decide` throws, ConflictError, and 503 if the log does not
   * take it in time.
   */
  async write(
    id: string,
    by: string,
    expectedRevision: number | undefined,
    decide: (state: DeviceState | undefined, write: DeviceWrite) => DeviceInput,
  ): Promise<WrittenDevice> {
    for (let tries = 1; ; tries += 1) {
      const writeId = randomUUID();
      const write = { at: nowMicros(), by, writeId, expectedRevision };
      const input = decide(deviceState(this.#options.model.db, id), write);
      const { outcome, position } = await this.#append(input, writeId);
      if (outcome.won) return { state: outcome.state, position };
      const details = { revision: outcome.state.revision };
      if (expectedRevision !== undefined) {
        throw new ConflictError("Another write came first; read the device again", { status: 412, details });
      }
      if (tries === maxTries) throw new ConflictError("Other writes keep coming first; try again shortly", { details });
    }
  }

  async #append(input: DeviceInput, writeId: string) {
    const { writer, topic, source, model, timeoutMs } = this.#options;
    this.#waiting.set(writeId, undefined);
    try {
      const position = await writer.append(topic, deviceRecord(input, source));
      await model.waitFor(position, timeoutMs);
      const outcome = this.#waiting.get(writeId);
      if (outcome === undefined) throw new FatalError(`The write ${writeId} was applied and not folded`);
      return { outcome, position };
    } finally {
      this.#waiting.delete(writeId);
    }
  }
}
