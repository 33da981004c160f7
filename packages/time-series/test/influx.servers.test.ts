import { openInfluxStore } from "../src/influx/influx-store.ts";
import { timeSeriesContract } from "@headwater/time-series/contract";
import { makeBucket, serverFromEnvironment } from "./influx-bucket.ts";

timeSeriesContract("InfluxDB", async () => {
  const { remove, ...options } = await makeBucket(serverFromEnvironment());
  let store = openInfluxStore(options);
  return {
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = openInfluxStore(options);
      return store;
    },
    inOtherProcess: { module: new URL("open-influx.ts", import.meta.url).href, argument: options },
    async dispose() {
      await store.close();
      await remove();
    },
  };
});
