export { openReadModel } from "./open-read-model.ts";
export type { ReadModel, ReadModelOptions, StartOptions } from "./read-model.ts";
export { afterQuery, parsePosition, positionSchema, positionText, waitForAfter } from "./read-your-write.ts";
