export * from "./definition.ts";
export * from "./maintenance.ts";
export type { NormalAction } from "../action-kinds/kinds.ts";
export { selects } from "./selector.ts";
