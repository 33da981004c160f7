import type { AccessInput, AccessState } from "@headwater/aggregates";
import type { OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import type { ReadModel } from "@headwater/event-log/read-model";
import {
  type FoldOutcomes,
  parsePrecondition,
  performWrite,
  type WriteContext,
  type WriteStamp,
  type Unchanged,
  type Written,
} from "@headwater/service";
import type { FastifyRequest } from "fastify";

/** Where what is kept in `access.v1` is read and written. */
export interface AccessWriteContext extends WriteContext {
  readonly model: ReadModel;
  readonly topic: string;
  readonly source: string;
  readonly outcomes: FoldOutcomes<AccessState>;
}

/** One kind of what is kept there under an id that people choose, and change with `If-Match`. */
export interface KeptKind {
  /** As messages call it: `board`. */
  readonly noun: string;
  state(id: string): AccessState | undefined;
  /** Undefined: there is none under the id. */
  revisionOf(id: string, state: AccessState): number | undefined;
}

/** Undefined: there is nothing to write. */
export type DecideAccess = (state: AccessState | undefined, stamp: WriteStamp) => AccessInput | undefined;

export type WriteKept = (
  request: FastifyRequest,
  id: string,
  decide: DecideAccess,
) => Promise<Unchanged<AccessState> | Written<AccessState>>;

/** Writes of one kind: the precondition of the request, the decision, the event. */
export function writerOf(kind: KeptKind, context: AccessWriteContext): WriteKept {
  const { topic, source, outcomes } = context;
  return (request, id, decide) =>
    performWrite<AccessState>(
      {
        ...{ topic, outcomes, precondition: parsePrecondition(request.headers) },
        subject: `${kind.noun} ${JSON.stringify(id)}`,
        read: () => kind.state(id),
        revisionOf: (state) => kind.revisionOf(id, state),
        decide(state, stamp) {
          const input = decide(state, stamp);
          return input && accessRecord(input, stamp, source);
        },
      },
      context,
    );
}

export function accessRecord(input: AccessInput, { writeId, at }: WriteStamp, source: string): OutgoingRecord {
  return {
    key: input.id ?? "",
    value: events.access.encode(input),
    headers: cloudEventHeaders({ type: eventTypes.access, source, id: writeId, time: at }),
  };
}
