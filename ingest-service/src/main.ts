import { mergeSchemas, runServiceProcess, type MainOptions } from "@headwater/service";
import { openTimeSeriesStore, timeSeriesSettings } from "@headwater/time-series";
import { createIngestApp } from "./app.ts";
import { ingestSettings } from "./config.ts";

/** The ingest service as a process of its own: `headwater start ingest`. */
export function main(options?: MainOptions): Promise<void> {
  return runServiceProcess(
    {
      name: "ingest",
      title: "Headwater ingest service",
      settings: mergeSchemas(timeSeriesSettings, ingestSettings),
      async create(context) {
        const store = await openTimeSeriesStore(context.config, context);
        context.lifecycle.add("time-series store", { stop: () => store.close() });
        return createIngestApp({ ...context, store });
      },
    },
    options,
  );
}
