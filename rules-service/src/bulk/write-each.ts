import { Type, type Static } from "@sinclair/typebox";
import { HeadwaterError, Semaphore, TimedOutError } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import { InvalidRequestError, positionText, statusOf } from "@headwater/service";

/** Of one request. */
export const mostAtOnce = 500;
/** Writes under way at a time: enough that they share appends. */
const concurrency = 32;

export const bulkOutcome = Type.Object(
  {
    id: Type.String(),
    status: Type.Integer({ description: "What a request for this one alone would have been answered with" }),
    code: Type.Optional(Type.String({ description: "Of one that was refused: the kind of problem" })),
    detail: Type.Optional(Type.String({ description: "Of one that was refused: what was wrong, and what to do" })),
    position: Type.Optional(
      Type.String({ description: "Position of the write; absent where it was as asked already" }),
    ),
  },
  { title: "BulkOutcome" },
);
export type BulkOutcome = Static<typeof bulkOutcome>;

export const bulkAnswer = Type.Object(
  {
    items: Type.Array(bulkOutcome, { description: "One for each, in the order of the ids or of the list" }),
    done: Type.Integer({ description: "How many were as asked then" }),
    refused: Type.Integer(),
    next: Type.Union([Type.String(), Type.Null()], { description: "The cursor for the others that fit the filter" }),
  },
  { title: "BulkAnswer" },
);
export type BulkAnswer = Static<typeof bulkAnswer>;

/** What every request for many has beside what is to be done. */
export const bulkIds = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
    minItems: 1,
    maxItems: mostAtOnce,
    uniqueItems: true,
    description: "These; or `filter`",
  }),
);
export const bulkCursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 1000, description: "With a filter: `next` of the answer before" }),
);

/** Throws InvalidRequestError (400) unless exactly one of the two ways to choose is there. */
export function checkChoice({ ids, filter, cursor }: { ids?: unknown; filter?: unknown; cursor?: unknown }): void {
  if ((ids === undefined) === (filter === undefined)) {
    throw new InvalidRequestError("body", [{ pointer: "", detail: "needs exactly one of ids and filter" }]);
  }
  if (cursor !== undefined && filter === undefined) {
    throw new InvalidRequestError("body", [{ pointer: "/cursor", detail: "is for a filter; remove it" }]);
  }
}

/** Does it to each by itself: what one is refused touches no other. `timeoutMs` bounds all of it. */
export async function writeEach(
  ids: readonly string[],
  timeoutMs: number,
  write: (id: string) => Promise<{ readonly position: Position | undefined }>,
): Promise<Omit<BulkAnswer, "next">> {
  const turns = new Semaphore(concurrency, ids.length);
  const deadline = performance.now() + timeoutMs;
  const outcomeOf = async (id: string): Promise<BulkOutcome> => {
    try {
      if (performance.now() > deadline) throw new TimedOutError("There was no time left for it; ask for it again");
      const { position } = await write(id);
      return { id, status: 200, ...(position !== undefined && { position: positionText(position) }) };
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      return { id, status: statusOf(error), code: error.code, detail: error.message };
    }
  };
  // Whatever fails unforeseen does so only after the others have ended.
  const settled = await Promise.allSettled(ids.map((id) => turns.run(() => outcomeOf(id))));
  const items = settled.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value!;
  });
  const done = items.filter(({ status }) => status === 200).length;
  return { items, done, refused: items.length - done };
}
