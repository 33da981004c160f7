import { fileURLToPath } from "node:url";
import { topicSpecs } from "@headwater/event-log";
import { accessRoutes, mergeSchemas, type HostedService } from "@headwater/service";
import { openTimeSeriesStore, timeSeriesSettings } from "@headwater/time-series";
import { createIngestApp } from "./app.ts";
import { ingestSettings } from "./config.ts";
import { loadForQueries } from "./telemetry/load-for-queries.ts";
import { servicesRoute } from "./upstreams/services-route.ts";
import { upstreamsOf } from "./upstreams/upstream.ts";

const settings = mergeSchemas(timeSeriesSettings, ingestSettings);

/** The ingest service for the host: opens the store, which stops after the service. */
export const ingestService: HostedService<typeof settings> = {
  name: "ingest",
  settings,
  pageFolder: fileURLToPath(new URL(".", import.meta.resolve("@headwater/dashboard/page"))),
  writesAccess: true,
  async create(context) {
    const { config, topics, partitions } = context;
    const telemetry = topicSpecs(partitions).find(({ name }) => topics.telemetry.endsWith(name));
    const opening = openTimeSeriesStore(config, {
      dataDir: context.dataDir,
      logger: context.logger.child({ component: "time-series" }),
      leastRawMs: telemetry?.retentionMs,
    });
    const [store] = await Promise.all([opening, loadForQueries()]);
    context.lifecycle.add("time-series store", { stop: () => store.close() });
    accessRoutes(context.http, context.access, config.ingest.writeTimeoutMs, context.provider);
    const upstreams = upstreamsOf(config.ingest, config.urls, context.services);
    if (upstreams.length > 0) {
      const { passOn } = await import("./upstreams/pass-on.ts");
      passOn({ http: context.http, upstreams, logger: context.logger });
    }
    servicesRoute(context.http.app, { here: context.services, upstreams });
    return createIngestApp({ ...context, store });
  },
};
