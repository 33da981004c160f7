import { type TSchema, Type } from "@sinclair/typebox";

/** Names of profiles, processes and hops: they become part of ids of devices. */
export const namePattern = "^[A-Za-z0-9_.-]{1,100}$";

/** Members by names that an author chooses. TypeBox lets a member of any other name through, unchecked, unless told. */
export function membersNamed<T extends TSchema>(
  pattern: string,
  each: T,
  options: Readonly<Record<string, unknown>> = {},
) {
  return Type.Record(Type.String({ pattern }), each, { ...options, additionalProperties: false });
}
