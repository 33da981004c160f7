export * from "./definition.ts";
export type { NormalAction } from "./actions.ts";
export { selects } from "./selector.ts";
