/** Changes with what the .proto files say: what was folded from events by another version is folded anew. */
export const eventSchemaVersion = "d1a910e549094192";
