import type { DeviceInput, DeviceState, DeviceWrite } from "@headwater/aggregates";
import {
  type FoldOutcomes,
  parsePrecondition,
  performWrite,
  principalOf,
  type WriteContext,
  type Written,
} from "@headwater/service";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { FastifyRequest } from "fastify";
import { deviceState } from "./device-model.ts";
import { deviceRecord } from "./device-record.ts";

export interface DeviceWriterOptions extends WriteContext {
  readonly model: ReadModel;
  readonly topic: string;
  readonly source: string;
  readonly outcomes: FoldOutcomes<DeviceState>;
}

/**
 * Writes a device on behalf of a request: as its principal, on its condition (`If-Match`, `If-None-Match`). Rejects as
 * performWrite does.
 */
export type DeviceWriter = (
  request: FastifyRequest,
  id: string,
  decide: (state: DeviceState | undefined, write: DeviceWrite) => DeviceInput,
) => Promise<Written<DeviceState>>;

export function deviceWriter(options: DeviceWriterOptions): DeviceWriter {
  const { model, topic, source, outcomes } = options;
  return (request, id, decide) => {
    const by = principalOf(request).id;
    return performWrite(
      {
        topic,
        subject: `device ${JSON.stringify(id.slice(0, 200))}`,
        precondition: parsePrecondition(request.headers),
        read: () => deviceState(model.db, id),
        revisionOf: ({ device }) => device?.revision,
        decide: (state, stamp) => deviceRecord(decide(state, { ...stamp, by }), source),
        outcomes,
      },
      options,
    );
  };
}
