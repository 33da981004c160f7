import { openInfluxStore } from "@headwater/time-series/influx";
import { afterAll, beforeAll, describe } from "vitest";
import { incarnationsSuite, type IncarnationsScene } from "./incarnations-suite.ts";
import { openBackends, startService, type TestService } from "./service.ts";

let embedded: Awaited<ReturnType<typeof openBackends>>;
let backends: typeof embedded;
let service: TestService;

beforeAll(async () => {
  const { HEADWATER_INFLUX_URL, HEADWATER_INFLUX_ORG, HEADWATER_INFLUX_BUCKET, HEADWATER_INFLUX_TOKEN } = process.env;
  if (HEADWATER_INFLUX_URL === undefined)
    throw new RangeError("HEADWATER_INFLUX_URL is not set: npm run servers -- start");
  const store = openInfluxStore({
    url: HEADWATER_INFLUX_URL,
    org: HEADWATER_INFLUX_ORG ?? "",
    bucket: HEADWATER_INFLUX_BUCKET ?? "",
    token: HEADWATER_INFLUX_TOKEN ?? "",
  });
  embedded = await openBackends();
  backends = { ...embedded, store };
  service = await startService({ ...backends, dataDir: backends.folder });
});
afterAll(async () => {
  await service?.app.stop();
  await backends?.store.close();
  await embedded?.close();
});

const scene: IncarnationsScene = {
  get service() {
    return service;
  },
  get backends() {
    return backends;
  },
  async stop() {
    await service.app.stop();
  },
  async start() {
    service = await startService({ ...backends, dataDir: backends.folder });
  },
};
describe("readings in InfluxDB, of a device that is deleted and registered again", () => incarnationsSuite(scene));
