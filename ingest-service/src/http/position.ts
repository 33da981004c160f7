import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/read-model";
import { RequestError } from "@headwater/service-kit";

/**
 * A place in the log as a write answers it and a read may ask for it (`?after=`): `partition:offset`, of the topic that the resource
 * lives in.
 */
export interface LogPosition {
  readonly partition: number;
  readonly offset: number;
}

export function formatPosition({ partition, offset }: LogPosition): string {
  return `${partition}:${offset}`;
}

/** Throws RequestError (400, `invalid-position`). */
export function parsePosition(text: string): LogPosition {
  const match = /^(\d{1,9}):(\d{1,15})$/.exec(text);
  if (match === null) {
    throw new RequestError(
      400,
      "invalid-position",
      `${JSON.stringify(text.slice(0, 60))} is no position; it is what a write answered as \`position\`, like 3:42`,
    );
  }
  return { partition: Number(match[1]), offset: Number(match[2]) };
}

export const afterQuery = {
  after: Type.Optional(
    Type.String({ maxLength: 40, description: "`position` of a write; the answer comes once that is in it" }),
  ),
};

export const positionSchema = Type.String({ description: "Where the write lies in the log; for `?after=`" });

/** Waits until what was written there can be read here. Rejects with RequestError (504) if that takes too long. */
export async function waitForAfter(
  model: ReadModel,
  topic: string,
  after: string | undefined,
  timeoutMs: number,
): Promise<void> {
  if (after === undefined) return;
  await model.waitFor({ topic, ...parsePosition(after) }, timeoutMs);
}
