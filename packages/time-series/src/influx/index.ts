export { openInfluxStore } from "./influx-store.ts";
export type { InfluxStoreOptions } from "./connection.ts";
