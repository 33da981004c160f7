export { openInfluxStore } from "./influx-store.ts";
export { rollupBuckets } from "./rollup-flux.ts";
export type { InfluxStoreOptions } from "./connection.ts";
