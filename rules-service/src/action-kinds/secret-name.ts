import { Type } from "@sinclair/typebox";

/** The name of an entry in the file of secrets. */
export function secretName(description: string) {
  return Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
    description,
  });
}
