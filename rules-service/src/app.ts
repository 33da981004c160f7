import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { groupUnder, partitionFor, type EventLog, type TopicNames } from "@headwater/event-log";
import { InvariantError, HeadwaterError, type Logger } from "@headwater/core";
import {
  FoldedEvents,
  Lifecycle,
  SkippedRecords,
  skipReasons,
  type HttpServer,
  type Metrics,
  type ServiceApp,
} from "@headwater/service";
import { AlertModel } from "./alerts/alert-model.ts";
import { Addresses } from "./action-kinds/webhook/addresses.ts";
import { ActionModel } from "./actions/action-model.ts";
import { LogTime } from "./actions/log-time.ts";
import { actionRoutes } from "./actions/action-routes.ts";
import { alertRoutes } from "./alerts/alert-routes.ts";
import { AlertWrites } from "./alerts/alert-writes.ts";
import { Backtests } from "./backtests/backtests.ts";
import { backtestMetrics } from "./backtests/metrics.ts";
import { backtestRoutes } from "./backtests/http/backtest-routes.ts";
import { BacktestStore } from "./backtests/kept/backtest-store.ts";
import { type ActionsConfig, actionsConfig, type RulesConfig } from "./config.ts";
import { ActionGroup, type ActionGroupOptions } from "./dispatch/action-group.ts";
import { createPartitionEngine } from "./engine/index.ts";
import { PartitionGroup } from "./partitions/partition-group.ts";
import { RuleTimeline } from "./partitions/control-events/rule-timeline.ts";
import { RuleModel } from "./rules/rule-model.ts";
import { ruleRoutes } from "./rules/rule-routes.ts";
import { loopText } from "./loops/deriving-rules.ts";
import { RuleWrites } from "./rules/rule-writes.ts";
import { transferRoutes } from "./rules/transfer/transfer-routes.ts";
import { RulesInEffect } from "./rules/rules-in-effect.ts";
import { storedDefinition, storedMaintenance } from "./rules/stored-definition.ts";
import { MaintenanceModel } from "./maintenance/maintenance-model.ts";
import { maintenanceRoutes } from "./maintenance/maintenance-routes.ts";
import { MaintenanceWrites } from "./maintenance/maintenance-writes.ts";
import { MaintenanceTimeline } from "./partitions/control-events/maintenance-timeline.ts";

export interface RulesAppDeps {
  /** Without settings of actions their defaults hold. */
  readonly config: { readonly rules: RulesConfig; readonly actions?: ActionsConfig };
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  /** The read models lie in its folder `rules`. */
  readonly dataDir: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly http: HttpServer;
  /** Names this process in claims and event sources. Default: the host's name and a random part. */
  readonly instance?: string;
  /** How webhooks find addresses. Default: the system's resolver. */
  readonly resolve?: ActionGroupOptions["resolve"];
  /** By what log time goes on between records (µs). Default: the machine's monotonic clock. */
  readonly elapsedMicros?: () => number;
  /** How long a member that joins waits for the last checkpoint of a partition that moves to it. Default: 2000. */
  readonly handOverMs?: number;
}

/** Wires the rules service and registers its routes; nothing moves before `start`. The topics have to exist by then. */
export function createRulesApp(deps: RulesAppDeps): ServiceApp {
  const { log, topics, partitions, dataDir, logger, metrics, http } = deps;
  const config = deps.config.rules;
  const instance = deps.instance ?? `${hostname()}-${randomUUID().slice(0, 8)}`;

  const { promise: died, reject } = Promise.withResolvers<never>();
  // The host adds its handler later; until then a rejection must not count as unhandled.
  died.catch(() => {});
  const onFailure = (error: unknown): void => {
    logger.error({ err: error }, "the rules service cannot go on");
    reject(
      error instanceof HeadwaterError ? error : new InvariantError("The rules service cannot go on", { cause: error }),
    );
  };

  const skipped = new SkippedRecords({ metrics, logger, reader: "rules" });
  const folded = new FoldedEvents({ topics, partitions, skipped });
  const rules = new RuleModel({ log, topics, dataDir, logger, folded });
  const alerts = new AlertModel({ log, topics, dataDir, logger, folded });
  const time = new LogTime(deps.elapsedMicros);
  const actions = new ActionModel({ log, topics, dataDir, logger, folded, partitions, time });
  const maintenance = new MaintenanceModel({ log, topics, dataDir, logger, folded });
  rules.readModel.died.catch(onFailure);
  alerts.readModel.died.catch(onFailure);
  actions.readModel.died.catch(onFailure);
  maintenance.readModel.died.catch(onFailure);
  const timeline = new RuleTimeline({
    definitionOf: storedDefinition,
    onUnreadable(offset, { message: detail }) {
      skipped.note({ topic: topics.rules, partition: 0, offset, reason: skipReasons.implausible, detail });
    },
    onLoop(offset, rule, loop) {
      const detail = `it would switch rule ${rule} on, and ${loopText(loop)}`;
      skipped.note({ topic: topics.rules, partition: 0, offset, reason: skipReasons.loop, detail });
    },
  });
  const maintenanceTimeline = new MaintenanceTimeline({
    maintenanceOf: storedMaintenance,
    onUnreadable(offset, { message: detail }) {
      skipped.note({ topic: topics.rules, partition: 0, offset, reason: skipReasons.implausible, detail });
    },
  });
  const inEffect = new RulesInEffect({ log, topics, partitions, timeline, logger, onFailure });
  const group = new PartitionGroup({
    maintenance: maintenanceTimeline,
    ...{ log, topics, partitions, instance, config, timeline, folded, skipped, metrics, logger, onFailure },
    handOverMs: deps.handOverMs,
    createEngine: (partition) =>
      createPartitionEngine(partition, { ownsGateway: (gateway) => partitionFor(gateway, partitions) === partition }),
  });

  const actionSettings = deps.config.actions ?? actionsConfig();
  const dispatch = new ActionGroup({
    ...{ log, topics, partitions, instance, folded, rules, alerts, actions, metrics, logger, onFailure },
    group: groupUnder(topics, `${config.group}-actions`),
    config: actionSettings,
    resolve: deps.resolve,
  });

  const timeoutMs = config.writeTimeoutMs;
  const writing = { log, logger, timeoutMs, instance };
  const ruleWrites = new RuleWrites({ ...writing, model: rules, topic: topics.rules });
  const warned = { idleTickMs: config.idleTickMs, addresses: new Addresses(actionSettings.networks) };
  ruleRoutes(http.app, { model: rules, inEffect, timeoutMs, warned, writes: ruleWrites });
  const maintenanceWrites = new MaintenanceWrites({ ...writing, model: maintenance, topic: topics.rules });
  maintenanceRoutes(http.app, { model: maintenance, writes: maintenanceWrites, timeoutMs });
  transferRoutes(http.app, {
    ...{ model: rules, writes: ruleWrites, timeoutMs, warned },
    maintenance: { model: maintenance, writes: maintenanceWrites },
  });
  alertRoutes(http.app, {
    model: alerts,
    rules,
    log,
    telemetryTopic: topics.telemetry,
    timeoutMs,
    writes: new AlertWrites({ ...writing, model: alerts, topic: topics.alerts }),
  });

  const store = new BacktestStore({ dataDir, logger, maxKept: config.backtestsKept });
  const backtests = new Backtests({
    ...{ log, topics, folded, store, logger, ...backtestMetrics(metrics) },
    threads: config.backtestThreads,
    maxRunning: config.backtests,
    idleMs: config.backtestIdleMs,
    lookBackMs: config.warmUpMs,
  });
  backtestRoutes(http.app, { backtests, store, rules, http });
  actionRoutes(http.app, { model: actions, alerts, timeoutMs });

  const lifecycle = new Lifecycle({ logger });
  lifecycle.add("rules read model", { start: () => rules.readModel.start(), stop: () => rules.readModel.stop() });
  lifecycle.add("maintenance read model", {
    start: () => maintenance.readModel.start(),
    stop: () => maintenance.readModel.stop(),
  });
  lifecycle.add("alerts read model", { start: () => alerts.readModel.start(), stop: () => alerts.readModel.stop() });
  lifecycle.add("actions read model", { start: () => actions.readModel.start(), stop: () => actions.readModel.stop() });
  lifecycle.add("rules in effect", { start: () => inEffect.start(), stop: () => inEffect.stop() });
  lifecycle.add("backtests", { start: () => backtests.start(), stop: () => backtests.stop() });
  lifecycle.add("partitions", { start: () => group.start(), stop: () => group.stop() });
  lifecycle.add("actions", { start: () => dispatch.start(), stop: () => dispatch.stop() });

  return {
    name: "rules",
    died,
    start: () => lifecycle.start(),
    async stop() {
      await lifecycle.stop();
    },
    warnings: () => [...skipped.warnings(), ...group.warnings(), ...dispatch.warnings()],
    notReady() {
      const reasons = group.notReady();
      if (!rules.readModel.caughtUp) reasons.push("the rules are behind the log");
      if (!maintenance.readModel.caughtUp) reasons.push("the maintenance windows are behind the log");
      if (!alerts.readModel.caughtUp) reasons.push("the alerts are behind the log");
      if (!actions.readModel.caughtUp) reasons.push("the actions are behind the log");
      return reasons;
    },
  };
}
