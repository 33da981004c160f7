import { Type } from "@sinclair/typebox";
import type { Position } from "@headwater/event-log";
import { RequestError } from "@headwater/core";
import { positionPattern } from "./documented.ts";
import type { ReadModel } from "@headwater/event-log/read-model";

/** Query parameter of every read: the answer waits until the write at that position is visible. */
export const afterQuery = {
  after: Type.Optional(
    Type.String({
      maxLength: 300,
      description: "`position` of a write: the answer is at least as new as it",
      ...positionPattern,
    }),
  ),
};

export const positionSchema = Type.String({ description: "Where the write lies in the log; for `?after=`" });

/** A position as answers carry it: opaque to clients. */
export function positionText({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`;
}

/** Throws RequestError (400, `invalid-position`) for a text that positionText does not give. */
export function parsePosition(text: string): Position {
  const match = /^(.{1,249})\/(\d{1,6})\/(\d{1,15})$/.exec(text);
  if (match === null) {
    throw new RequestError(400, "invalid-position", "`after` is no position; pass on what a write answered");
  }
  return { topic: match[1]!, partition: Number(match[2]), offset: Number(match[3]) };
}

/** Waits until the write at that position is folded here. Rejects with RequestError: 504 after `timeoutMs`, 400
 * for a position at which nothing was written. */
export async function waitForAfter(
  model: Pick<ReadModel, "waitForClaimed">,
  after: string | undefined,
  timeoutMs: number,
): Promise<void> {
  if (after !== undefined) await model.waitForClaimed(parsePosition(after), timeoutMs);
}
