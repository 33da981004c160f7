import { RequestError } from "@headwater/core/errors";
import type { events } from "@headwater/proto";
import type { AccessInput } from "./provisioning-key.ts";

type AccessEvent = ReturnType<typeof events.access.decode>;

const boardKind = "board";
const prefix = "board/";

/** A page of charts, values and tables as somebody arranged it. */
export interface Board {
  readonly id: string;
  readonly revision: number;
  /** JSON. */
  readonly definition: string;
  /** µs */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

interface Boarded {
  readonly revision: number;
  readonly board?: Board | undefined;
}

/** What a board is called in access.v1. */
export function boardName(id: string): string {
  return prefix + id;
}

/** The event that makes a board, or changes it; undefined: it is like that. */
export function saveBoard(
  state: Boarded | undefined,
  { id, definition, updatedAt, updatedBy }: Omit<Board, "revision">,
  writeId: string,
): AccessInput | undefined {
  if (state?.board?.definition === definition) return undefined;
  return {
    ...{ id: boardName(id), revision: (state?.revision ?? 0) + 1, kind: boardKind, name: id },
    ...{ board: definition, createdAt: updatedAt, createdBy: updatedBy, writeId },
  };
}

/** Throws RequestError: 404 `board-unknown`. */
export function deleteBoard(
  state: Boarded | undefined,
  { id, updatedAt, updatedBy }: Omit<Board, "revision" | "definition">,
  writeId: string,
): AccessInput {
  if (state?.board === undefined) throw noSuchBoard(id);
  return {
    ...{ id: boardName(id), revision: state.board.revision + 1, kind: boardKind, name: id, deleted: true },
    ...{ createdAt: updatedAt, createdBy: updatedBy, writeId },
  };
}

export function noSuchBoard(id: string): RequestError {
  return new RequestError(404, "board-unknown", `There is no board ${JSON.stringify(id.slice(0, 100))}`);
}

/** undefined: the event is of no board, or of its end. */
export function boardOf(event: AccessEvent): Board | undefined {
  if (event.deleted || event.kind !== boardKind) return undefined;
  const { name: id, revision, board: definition, createdAt: updatedAt, createdBy: updatedBy } = event;
  return { id, revision, definition, updatedAt, updatedBy };
}
