import { retrying, sleep, type Logger } from "@headwater/core";
import type { Consumption, EventLog, GroupBatch, groupUnder, Position, TopicNames } from "@headwater/event-log";
import type { FoldedEvents, Metrics } from "@headwater/service";
import { createSenders } from "../action-kinds/kinds.ts";
import type { DeliveryMeans } from "../action-kinds/delivery.ts";
import type { ActionModel } from "../actions/action-model.ts";
import type { AlertModel } from "../alerts/alert-model.ts";
import type { ActionsConfig } from "../config.ts";
import { commitOffset } from "../partitions/commit-offset.ts";
import { PartitionReleasedError } from "../partitions/errors.ts";
import type { RuleModel } from "../rules/rule-model.ts";
import { ActionLog } from "./action-log.ts";
import { DeliveredActions } from "./delivered-actions.ts";
import { Endpoints } from "./endpoints.ts";
import { actionMetrics, type ActionMetrics } from "./metrics.ts";
import { PartitionActions } from "./partition-actions.ts";
import { SecretsFile } from "./secrets-file.ts";

export interface ActionGroupOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly group: ReturnType<typeof groupUnder>;
  readonly instance: string;
  readonly config: ActionsConfig;
  readonly folded: FoldedEvents;
  readonly rules: RuleModel;
  readonly alerts: AlertModel;
  readonly actions: ActionModel;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
  /** Instead of the system's resolver. */
  readonly resolve?: DeliveryMeans["resolve"];
}

/** Attempts under way have so long to end when the service stops (milliseconds); the others are repeated. */
const lastAttemptsMs = 2000;

type TopicPartition = { readonly topic: string; readonly partition: number };

/** This instance's share of alerts.v1, whose transitions it tells to the world outside. */
export class ActionGroup {
  readonly #options: ActionGroupOptions;
  readonly #stopping = new AbortController();
  readonly #owned = new Map<number, PartitionActions>();
  readonly #endpoints: Endpoints;
  readonly #metrics: ActionMetrics;
  readonly #actionLog: ActionLog;
  readonly #delivered: DeliveredActions;
  readonly #senders;
  readonly #onError: (error: unknown) => void;
  #consumption: Consumption | undefined;
  #closing = false;

  /** Throws ConfigError. */
  constructor(options: ActionGroupOptions) {
    const { log, topics, instance, config, rules, metrics, logger, resolve } = options;
    this.#options = options;
    this.#onError = (error) => {
      if (!this.#stopping.signal.aborted) options.onFailure(error);
    };
    this.#endpoints = new Endpoints(config, this.#onError);
    this.#metrics = actionMetrics(metrics, this.#endpoints);
    this.#actionLog = new ActionLog({
      ...{ log, topic: topics.actions, instance, logger, signal: this.#stopping.signal },
    });
    this.#delivered = new DeliveredActions({ rules, log, topic: topics.rules, logger });
    const secrets = new SecretsFile(config.secretsFile, logger);
    this.#senders = createSenders({
      secret: (name) => secrets.get(name),
      allowedNetworks: config.networks,
      attemptMs: config.attemptMs,
      smtp: config.smtpUrl === undefined ? undefined : { url: config.smtpUrl, from: config.smtpFrom },
      resolve,
    });
  }

  /** Resolves when this instance is a member of the group. */
  async start(): Promise<void> {
    const { log, topics, group, onFailure } = this.#options;
    const consumption = await log.consume({
      ...group,
      topics: [topics.alerts],
      maxBatchRecords: 100,
      onBatch: (batch) => this.#onBatch(batch),
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onRevoked: (partitions) => this.#onRevoked(partitions),
    });
    this.#consumption = consumption;
    consumption.done.catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) onFailure(error);
    });
  }

  async stop(): Promise<void> {
    this.#closing = true;
    const closing = this.#consumption?.close();
    const ended = new AbortController();
    const attempts = this.#endpoints.stop().finally(() => ended.abort());
    await sleep(lastAttemptsMs, ended.signal).catch(() => {});
    this.#stopping.abort(new PartitionReleasedError("The service stops"));
    await Promise.all([closing, attempts]);
  }

  warnings(): string[] {
    return this.#endpoints.troubles();
  }

  async #onBatch(batch: GroupBatch): Promise<void> {
    const actions = this.#owned.get(batch.partition);
    if (actions === undefined) {
      // Nobody's alert lies beyond the partitions that are configured.
      if (batch.partition >= this.#options.partitions) await commitOffset(batch, this.#options.logger);
      return;
    }
    try {
      await actions.process(batch);
    } catch (error) {
      if (batch.signal.aborted || this.#stopping.signal.aborted) return;
      throw error;
    }
  }

  async #onAssigned(assigned: readonly TopicPartition[]): Promise<readonly Position[]> {
    const { log, topics, partitions, group } = this.#options;
    const { signal } = this.#stopping;
    const committed = await retrying(() => log.committed(group.group, [topics.alerts]), { signal });
    const own = assigned.filter(({ partition }) => partition < partitions);
    return Promise.all(
      own.map(async ({ partition }) => {
        this.#owned.get(partition)?.release();
        const from = committed.find((each) => each.partition === partition)?.offset;
        const actions = this.#create(partition);
        this.#owned.set(partition, actions);
        const offset = await retrying(() => actions.start(from), { signal });
        return { topic: topics.alerts, partition, offset };
      }),
    );
  }

  #onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    for (const { partition } of partitions) {
      // A stop lets what is under way end.
      if (!this.#closing) this.#owned.get(partition)?.release();
      this.#owned.delete(partition);
    }
    this.#endpoints.dropAborted();
    return Promise.resolve();
  }

  #create(partition: number): PartitionActions {
    const { log, topics, folded, alerts, actions, logger } = this.#options;
    return new PartitionActions({
      ...{ partition, log, topics, folded, alerts, actions, logger: logger.child({ partition }) },
      ...{ delivered: this.#delivered, actionLog: this.#actionLog, endpoints: this.#endpoints },
      ...{
        senders: this.#senders,
        rulePerMinute: this.#options.config.rulePerMinute,
        metrics: this.#metrics,
        stopping: this.#stopping.signal,
        onError: this.#onError,
      },
    });
  }
}
