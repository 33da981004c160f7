import { Type } from "@sinclair/typebox";
import type { Position } from "@headwater/event-log";
import { RequestError } from "@headwater/service-kit";
import type { ReadModel } from "@headwater/read-model";

/** Query parameter of every read: wait until what that write did is visible. */
export const afterQuery = {
  after: Type.Optional(
    Type.String({ maxLength: 300, description: "`position` of a write: the answer is at least as new as it" }),
  ),
};

/** A position as answers carry it. */
export function positionText({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`;
}

/** Throws RequestError (400) for what no answer carried. */
export function parsePosition(text: string): Position {
  const match = /^(.{1,249})\/(\d{1,6})\/(\d{1,15})$/.exec(text);
  if (match === null) {
    throw new RequestError(400, "invalid-position", "`after` is no position; pass on what a write answered");
  }
  return { topic: match[1]!, partition: Number(match[2]), offset: Number(match[3]) };
}

export async function waitForAfter(model: ReadModel, after: string | undefined, timeoutMs: number): Promise<void> {
  if (after !== undefined) await model.waitFor(parsePosition(after), timeoutMs);
}
