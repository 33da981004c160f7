/** Changes with what the .proto files say: what was folded from events by another version is folded anew. */
export const eventSchemaVersion = "6c8404a16ea5031a";
