export { openReadModel } from "./open-read-model.ts";
export type { ReadModel, ReadModelOptions, StartOptions } from "./read-model.ts";
export { openModelFile } from "./model-file.ts";
export { statementsOf } from "./statements.ts";
