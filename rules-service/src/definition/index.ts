export * from "./definition.ts";
export type { NormalAction } from "../action-kinds/kinds.ts";
export { selects } from "./selector.ts";
