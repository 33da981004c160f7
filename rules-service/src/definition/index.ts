export * from "./definition.ts";
export * from "./maintenance.ts";
export type { NormalAction } from "../action-kinds/kinds.ts";
export * from "./rule-selector.ts";
export { selects } from "./selector.ts";
