export { openEmbeddedStore, type EmbeddedStoreOptions, type EmbeddedTimeSeriesStore } from "./embedded-store.ts";
