/** Changes with what the .proto files say: what was folded from events by another version is folded anew. */
export const eventSchemaVersion = "e2749379e4efb13e";
