/** Changes with what the .proto files say: what was folded from events by another version is folded anew. */
export const eventSchemaVersion = "622d857d527f068d";
