export { childTrace, formatTraceparent, newTrace, parseTraceparent } from "./traceparent.ts";
export type { TraceContext } from "./traceparent.ts";
