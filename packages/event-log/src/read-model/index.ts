export { openReadModel } from "./open-read-model.ts";
export type { ReadModel, ReadModelOptions, StartOptions } from "./read-model.ts";
