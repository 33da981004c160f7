export * from "./definition.ts";
export type { NormalAction } from "./actions.ts";
export type { NormalCondition } from "./conditions/condition.ts";
export { selects } from "./selector.ts";
