/** Changes with what the .proto files say: what was folded from events by another version is folded anew. */
export const eventSchemaVersion = "8aaf3da6b98fce5c";
