import { createHash } from "node:crypto";
import { join } from "node:path";
import { type EventLog, groupUnder, type TopicNames } from "@headwater/event-log";
import { openReadModelParts } from "./read-model.ts";
import type { DeviceState } from "@headwater/aggregates";
import {
  FoldedEvents,
  FoldOutcomes,
  type HttpServer,
  Lifecycle,
  type Metrics,
  type ServiceApp,
  SkippedRecords,
} from "@headwater/service";
import { type Logger, retrying } from "@headwater/core";
import type { TimeSeriesStore } from "@headwater/time-series";
import { provisioningKeyRoutes } from "./access/routes.ts";
import { boardRoutes } from "./boards/board-routes.ts";
import { openAuditTrail } from "./audit/audit-trail.ts";
import { auditRoutes } from "./audit/routes.ts";
import { Deadlines } from "./commands/deadlines.ts";
import { commandRoutes } from "./commands/routes.ts";
import type { IngestConfig } from "./config.ts";
import { Erasures } from "./devices/erasures.ts";
import { deviceWriter } from "./devices/device-writer.ts";
import { DeviceEvents } from "./events/device-events.ts";
import { eventRoutes } from "./events/routes.ts";
import { FleetDevices } from "./fleet/fleet-devices.ts";
import { deviceGroupRoutes } from "./fleet/group-routes.ts";
import { fleetLatestRoute } from "./fleet/latest-route.ts";
import { fleetSeriesRoute } from "./fleet/series-route.ts";
import { LastSeen } from "./fleet/last-seen.ts";
import { deviceListRoute } from "./fleet/list-route.ts";
import { exportRoute } from "./bulk/export-route.ts";
import { importRoute } from "./bulk/import-route.ts";
import { Restating } from "./devices/restating.ts";
import { deviceRoutes } from "./devices/routes.ts";
import { AccountBook } from "./accounts/account-book.ts";
import { Ledger } from "./ledger/ledger.ts";
import { recount } from "./projection/recount.ts";
import { observeLedger } from "./ledger/ledger-metrics.ts";
import { ledgerRoutes } from "./ledger/routes.ts";
import { projectionMetrics } from "./projection/projection-metrics.ts";
import { backupRoute } from "./store/backup-route.ts";
import { observeStore } from "./store/store-metrics.ts";
import { Projection } from "./projection/projection.ts";
import { QuarantineExpiry } from "./quarantine/expiry.ts";
import { quarantinedMetrics, movedAccount } from "./quarantine/quarantined-metrics.ts";
import { devicesBeyondLimits, quarantineSummary } from "./quarantine/quarantine-queries.ts";
import { limitWarnings, observeQuarantine } from "./quarantine/observe.ts";
import { rebuildRoutes } from "./rebuild/routes.ts";
import { PartitionRebuild } from "./rebuild/partition-rebuild.ts";
import { SharedShadow } from "./rebuild/shared-shadow.ts";
import { RaisedLimits } from "./series-guard/raised-limits.ts";
import { StoredSeries } from "./series-guard/stored-series.ts";
import { incarnationOfTags } from "./projection/erase.ts";
import { telemetryMeasurement } from "./projection/telemetry-points.ts";
import { deviceState } from "./devices/device-model.ts";
import type { PartitionAccount } from "./accounts/account.ts";
import { quarantinePartition } from "./quarantine/entry.ts";
import { Quarantiner } from "./quarantine/quarantiner.ts";
import { quarantineRoutes } from "./quarantine/routes.ts";
import { stateRoutes } from "./states/routes.ts";
import { streamRoutes } from "./stream/routes.ts";
import { DeviceSeries } from "./telemetry/device-series.ts";
import { ReadPositions } from "./telemetry/read-positions.ts";
import { ownersOf, telemetryRoutes } from "./telemetry/routes.ts";

export interface IngestDeps {
  readonly config: IngestConfig;
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly store: TimeSeriesStore;
  /** Read models and accounts go to `ingest/` in it. */
  readonly dataDir: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The app registers its routes; the owner of the server listens and closes. */
  readonly http: HttpServer;
}

/** Milliseconds between saves of the accounts; after a crash the rest is counted again from the log. */
const saveEveryMs = 5000;
const dayMicros = 86_400_000_000;
/** Devices beyond a limit that health names. */
const maxNamedDevices = 5;
/** Milliseconds that the ledger waits for the projection to reach the end of the log. */
const projectionWaitMs = 5000;

/** Wires the service together; nothing moves before `start`. Log, store and HTTP server stay their owner's. */
export function createIngestApp(deps: IngestDeps): ServiceApp {
  const { config: { ingest: config }, log, topics, store, dataDir, http, logger } = deps; // prettier-ignore
  const source = `/headwater/ingest/${instanceName(dataDir)}`;
  const timeoutMs = config.writeTimeoutMs;
  const { group } = groupUnder(topics, config.group);

  const skipped = new SkippedRecords({ metrics: deps.metrics, logger, reader: "ingest" });
  const foldedEvents = new FoldedEvents({ topics, partitions: deps.partitions, skipped });
  const quarantineBounds = { maxAge: config.quarantineDays * dayMicros, maxBytes: config.quarantineBytes };
  const { model, folded, overdue, erased, asked, rebuilding, accessOutcomes, ...parts } = openReadModelParts({
    ...{ dataDir, log, logger, topics, foldedEvents, quarantineBounds },
  });
  const expiry = new QuarantineExpiry(model.db, quarantineBounds, logger);
  const erasures = new Erasures({ log, topic: topics.devices, model, timeoutMs });
  erased.push(() => {
    erasures.changed();
    expiry.changed();
  });
  const quarantineKnown = async (partition: number): Promise<void> => {
    const ends = await log.positions(topics.quarantine);
    const there = quarantinePartition(partition, deps.partitions);
    const end = ends.find((each) => each.partition === there)?.end ?? 0;
    if (end > 0) await model.waitFor({ topic: topics.quarantine, partition: there, offset: end - 1 }, timeoutMs);
  };
  const quarantined = async (partition: number, from: number, to: number) => {
    await quarantineKnown(partition);
    return quarantinedMetrics(model.db, topics.telemetry, partition, from, to);
  };
  const metrics = projectionMetrics(deps.metrics);
  observeStore(deps.metrics, store);
  const quarantiner = new Quarantiner({
    log,
    topic: topics.quarantine,
    telemetryTopic: topics.telemetry,
    partitions: deps.partitions,
    source,
    logger,
    onQuarantined: (count) => metrics.quarantined(count),
    onBeyondLimit: (device, cause, count) => metrics.beyondLimit(device, cause, count),
  });
  const book = new AccountBook({
    file: join(dataDir, "ingest", "accounts.db"),
    maxRecount: config.recountRecords,
    recount: (account, to) =>
      recount({ log, topic: topics.telemetry, tagNames: config.tags, quarantined }, account, to),
  });
  const raised = new RaisedLimits((device) => deviceState(model.db, device)?.device?.attributes);
  folded.push(({ id }) => raised.changed(id));
  const stored = new StoredSeries({
    ...{ store, measurement: telemetryMeasurement, partitions: deps.partitions, tagNames: config.tags },
    incarnationOf: incarnationOfTags,
  });
  const shadow = new SharedShadow(store);
  const projection = new Projection({
    ...{ config, log, topics, store, book, quarantiner, erasures, model, source, logger, metrics },
    rebuildOf: (owned) =>
      new PartitionRebuild({
        ...{ ...owned, log, store, shadow, model, source, logger, quarantined, partitions: deps.partitions },
        ...{ telemetryTopic: topics.telemetry, rebuildTopic: topics.rebuilds, erased: erasures },
        ...{ tagNames: config.tags, maxPoints: config.batchPoints },
      }),
    folded: foldedEvents,
    partitions: deps.partitions,
    seriesLimitOf: (device) => raised.of(device),
    storedSeries: (partition) => stored.of(partition),
    inStore: (device) => stored.now(device),
  });
  parts.quarantined.push(() => expiry.changed());
  asked.push(() => projection.redrive());
  rebuilding.push(() => projection.rebuild());
  const writing = { log, model, logger, timeoutMs, source };
  const deviceOutcomes = new FoldOutcomes<DeviceState>();
  const restating = new Restating({ log, topic: topics.devices, source, logger, caughtUp: () => model.caughtUp });
  folded.push(
    ({ writeId, fold }) => deviceOutcomes.folded(writeId, fold.accepted, fold.state),
    (each) => restating.folded(each),
  );
  const series = new DeviceSeries(store, config.tags);
  const moved = (account: PartitionAccount) => movedAccount(model.db, topics.telemetry, account);
  const ledger = new Ledger({
    log,
    group,
    topic: topics.telemetry,
    book,
    projectionWaitMs,
    verify: {
      ...{ log, store, series, quarantined, erasures, topic: topics.telemetry, partitions: deps.partitions },
      maxReadings: config.verifyReadings,
    },
    quarantineKnown,
    moved,
    flush: () => projection.flush(),
    ownAccount: (partition) => projection.account(partition),
  });
  observeLedger(deps.metrics, () =>
    projection.owned().flatMap((partition) => {
      const account = projection.account(partition);
      return account === undefined ? [] : [moved(account)];
    }),
  );
  observeQuarantine(deps.metrics, () => quarantineSummary(model.db));

  const writeDevice = deviceWriter({ ...writing, topic: topics.devices, outcomes: deviceOutcomes });
  deviceRoutes(http.app, {
    model,
    write: writeDevice,
    timeoutMs,
  });
  const lastSeen = new LastSeen(store, config.tags);
  const fleet = new FleetDevices(model.db, lastSeen);
  const positions = new ReadPositions({
    ...{ model, log, group, timeoutMs },
    topics: [topics.telemetry, topics.alerts],
    flush: () => projection.flush(),
    onStored: () => lastSeen.expire(),
  });
  deviceListRoute(http.app, { model, lastSeen, positions });
  exportRoute(http.app, { model, lastSeen, positions });
  importRoute(http.app, { model, write: writeDevice });
  fleetLatestRoute(http.app, { fleet, series, positions });
  fleetSeriesRoute(http.app, { db: model.db, fleet, series, positions });
  provisioningKeyRoutes(http.app, { ...writing, topic: topics.access, outcomes: accessOutcomes });
  deviceGroupRoutes(http.app, { ...writing, topic: topics.access, outcomes: accessOutcomes });
  boardRoutes(http.app, { ...writing, topic: topics.access, outcomes: accessOutcomes });
  commandRoutes(http.app, { ...writing, topic: topics.commands });
  telemetryRoutes(http.app, { model, series, positions });
  const events = new DeviceEvents({ log, topic: topics.telemetry, partitions: deps.partitions });
  eventRoutes(http.app, { events, series, positions, ownerOf: ownersOf(model) });
  stateRoutes(http.app, { model, store, series, positions });
  quarantineRoutes(http.app, { ...writing, topic: topics.quarantine, topics, writeDevice });
  ledgerRoutes(http.app, ledger);
  rebuildRoutes(http.app, {
    ...{ log, model, store, source, timeoutMs, topic: topics.rebuilds, telemetryTopic: topics.telemetry },
    partitions: deps.partitions,
  });
  backupRoute(http.app, { store, folder: join(dataDir, "ingest", "backups") });
  streamRoutes(http, { log, topics, folded: foldedEvents, model, logger });

  const trail = openAuditTrail({ dataDir, log, topics, logger, folded: foldedEvents });
  auditRoutes(http.app, trail, timeoutMs);

  let deadlines: Deadlines | undefined;
  let saving: NodeJS.Timeout | undefined;
  const lifecycle = new Lifecycle({ logger });
  lifecycle.add("accounts", { stop: () => book.close() });
  lifecycle.add("read model", { start: () => model.start(), stop: () => model.stop() });
  lifecycle.add("age of quarantine", { start: () => expiry.start(), stop: () => expiry.stop() });
  lifecycle.add("audit trail", { start: () => trail.start(), stop: () => trail.stop() });
  lifecycle.add("restating", { stop: () => restating.stop() });
  lifecycle.add("projection", {
    start: () =>
      retrying(() => projection.start(), {
        maxMs: 5000,
        maxAttempts: 20,
        onRetry: (error) => logger.warn({ problem: error.message }, "the log does not let this instance consume yet"),
      }),
    stop: () => projection.stop().then(() => shadow.close()),
  });
  lifecycle.add("deadlines of commands", {
    start() {
      saving = setInterval(() => book.save(), saveEveryMs);
      const owned = (): readonly number[] => projection.owned();
      deadlines = new Deadlines({ log, topic: topics.commands, model, source, logger, owned });
      overdue.push(() => deadlines?.check());
    },
    async stop() {
      clearInterval(saving);
      await deadlines?.stop();
    },
  });

  const died = Promise.race([projection.died, model.died, trail.died]);
  // The host attaches its handler after this returns; until then the rejection must not count as unhandled.
  died.catch(() => {});
  let started = false;
  return {
    name: "ingest",
    async start() {
      await lifecycle.start();
      started = true;
    },
    async stop() {
      started = false;
      await lifecycle.stop();
    },
    warnings: () => [
      ...skipped.warnings(),
      ...(store.warnings?.() ?? []),
      ...limitWarnings(devicesBeyondLimits(model.db, maxNamedDevices + 1), maxNamedDevices),
    ],
    notReady: () => [
      ...(started ? [] : ["it has not started"]),
      ...(model.caughtUp ? [] : ["the read model is behind the log"]),
      ...(started ? projection.notReady() : []),
    ],
    died,
  };
}

/** Names this process to readers of its events. */
function instanceName(dataDir: string): string {
  return createHash("sha256").update(`${process.pid}/${dataDir}`).digest("hex").slice(0, 8);
}
