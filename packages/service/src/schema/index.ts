export { convertText } from "./convert-text.ts";
export { describeType } from "./describe-type.ts";
export { nearest } from "./nearest.ts";
export { schemaProblems } from "./problems.ts";
export type { SchemaProblem } from "./problems.ts";
