export { openInfluxStore } from "./influx-store.ts";
export { rollupBuckets } from "./rollup-flux.ts";
export type { InfluxStoreOptions } from "./connection.ts";
export { shadowBucket } from "./shadow-bucket.ts";
