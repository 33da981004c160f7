import { mergeSchemas, type HostedService } from "@headwater/service";
import { openTimeSeriesStore, timeSeriesSettings } from "@headwater/time-series";
import { createIngestApp } from "./app.ts";
import { ingestSettings } from "./config.ts";

const settings = mergeSchemas(timeSeriesSettings, ingestSettings);

/** The ingest service for the host: opens the store, which stops after the service. */
export const ingestService: HostedService<typeof settings> = {
  name: "ingest",
  settings,
  async create(context) {
    const store = await openTimeSeriesStore(context.config, {
      dataDir: context.dataDir,
      logger: context.logger.child({ component: "time-series" }),
    });
    context.lifecycle.add("time-series store", { stop: () => store.close() });
    return createIngestApp({ ...context, store });
  },
};
