import { foldAction, foldAlert, type ActionState, type AlertState } from "@headwater/aggregates";
import { DecodeError, type Logger } from "@headwater/core";
import type { EventLog, GroupBatch, TopicNames } from "@headwater/event-log";
import { alertTransition, events, type ActionEvent, type ActionInput, type AlertEvent } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import type { Sender } from "../action-kinds/delivery.ts";
import type { DeliveredAction } from "../action-kinds/kinds.ts";
import type { ActionModel } from "../actions/action-model.ts";
import type { AlertModel, AlertTransitionAt } from "../alerts/alert-model.ts";
import { commitOffset } from "../partitions/commit-offset.ts";
import { PartitionReleasedError } from "../partitions/errors.ts";
import { untilApplied } from "./until-applied.ts";
import { type ActionLog, shortText } from "./action-log.ts";
import type { DeliveredActions } from "./delivered-actions.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Job } from "./endpoint.ts";
import type { ActionMetrics } from "./metrics.ts";
import { triggersOf } from "../action-kinds/occasions.ts";
import { GroupMessages } from "./group-messages.ts";
import { Rate } from "./rate.ts";
import { groupedByOf, repetitionOf, requestsOf } from "./requests.ts";

export interface PartitionActionsOptions {
  readonly partition: number;
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly folded: FoldedEvents;
  readonly alerts: AlertModel;
  readonly actions: ActionModel;
  readonly delivered: DeliveredActions;
  readonly actionLog: ActionLog;
  readonly endpoints: Endpoints;
  readonly senders: ReadonlyMap<string, Sender<DeliveredAction>>;
  /** Of one rule; 0: no limit. */
  readonly rulePerMinute: number;
  readonly metrics: ActionMetrics;
  readonly logger: Logger;
  /** Aborted when the service stops and has waited for what is under way. */
  readonly stopping: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Rules whose rate is known at a time. */
const maxRates = 10_000;

interface Pending {
  readonly event: ActionEvent;
  readonly state: ActionState;
}

/** The actions of one partition of alerts.v1, while this instance owns it. All that it knows is in actions.v1. */
export class PartitionActions {
  readonly #options: PartitionActionsOptions;
  readonly #released = new AbortController();
  readonly #signal: AbortSignal;
  /** Requested by records of alerts.v1 (their offsets) that were not committed: they are read again. */
  readonly #requested = new Map<string, number>();
  readonly #groups: GroupMessages;
  readonly #rates = new Map<string, Rate>();

  constructor(options: PartitionActionsOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([this.#released.signal, options.stopping]);
    const { partition, log, actions, alerts, actionLog, onError } = options;
    this.#groups = new GroupMessages({
      ...{ partition, log, topic: options.topics.actions, actions, alerts, actionLog, onError },
      signal: this.#signal,
      send: (message, { attempts, retryAt }) => {
        options.metrics.requested.labels({ kind: message.requested!.kind }).inc();
        this.#enqueue(message, attempts, retryAt);
      },
    });
  }

  release(): void {
    this.#released.abort(new PartitionReleasedError("The partition of alerts.v1 was taken from this instance"));
  }

  /** Takes up what waits. Resolves with the offset of alerts.v1 from which on it acts. */
  async start(committed: number | undefined): Promise<number> {
    const { partition, log, topics, actionLog } = this.#options;
    const { pending, begun, requests } = await this.#restore();
    let from = committed ?? begun;
    if (from === undefined) {
      // What was raised before anybody dispatched anything is old news.
      from = (await log.positions(topics.alerts)).find((each) => each.partition === partition)?.end ?? 0;
      await actionLog.append(partition, [{ begun: { fromOffset: from } }]);
    }
    for (const [id, offset] of requests) if (offset >= from) this.#requested.set(id, offset);
    for (const each of pending) this.#enqueue(each.event, each.state.attempts, each.state.retryAt);
    await this.#groups.start(from);
    return from;
  }

  async process(batch: GroupBatch): Promise<void> {
    const { partition, actionLog, alerts, metrics, logger } = this.#options;
    const last = batch.records.at(-1)!;
    await untilApplied(
      alerts.readModel,
      { topic: batch.topic, partition, offset: last.offset },
      AbortSignal.any([batch.signal, this.#signal]),
    );
    const requests: ActionInput[] = [];
    const heldBack = new Set<ActionInput>();
    for (const record of batch.records) {
      const event = record.value === null ? undefined : decoded(record.value);
      if (event === undefined) continue;
      const made = await this.#requestsOf(event, record.offset, record.appendTime);
      const fresh = made.filter(({ actionId }) => !this.#requested.has(actionId!));
      requests.push(...fresh);
      for (const each of fresh) if (this.#isTooMuch(each, record.appendTime / 1000)) heldBack.add(each);
    }
    // Each end right behind its request, so that no owner takes one for something that waits.
    await actionLog.append(
      partition,
      requests.flatMap((each) => (heldBack.has(each) ? [each, this.#heldBack(each)] : [each])),
    );
    for (const request of requests) {
      const { kind } = request.requested! as { kind: string };
      if (request.requested!.group == null) metrics.requested.labels({ kind }).inc();
      if (heldBack.has(request)) {
        metrics.ended.labels({ kind, outcome: "gave-up" }).inc();
        continue;
      }
      this.#enqueue(events.action.decode(events.action.encode(request)), 0, undefined);
    }
    if (!(await commitOffset(batch, logger))) return;
    for (const [id, offset] of this.#requested) if (offset <= last.offset) this.#requested.delete(id);
  }

  async #requestsOf(event: AlertEvent, offset: number, appendTime: number): Promise<ActionInput[]> {
    const { alerts, delivered } = this.#options;
    if ((event.kind as number) === alertTransition.repeated && !alerts.isLatestRepetition(event, offset)) return [];
    // The first of an alert, which many raise at once: nothing before it could say otherwise.
    if (event.transition === 1 && (await delivered.of(event.rule, event.revision, this.#signal)).actions.length === 0) {
      return [];
    }
    const history = alerts.transitionsOf(event.alertId).filter(({ position }) => position.offset <= offset);
    if ((event.kind as number) === alertTransition.repeated) {
      const state = stateAfter(history);
      if (state === undefined) return [];
      const repeated = history.findIndex((each) => each.event.transition === event.transition);
      const triggers = triggersOf(history.slice(0, repeated + 1).map((each) => each.event));
      const rule = await delivered.of(event.rule, event.revision, this.#signal);
      const ofDevice = groupedByOf(history.map((each) => each.event));
      return repetitionOf({ event, offset, appendTime, state, ofDevice }, triggers, rule);
    }
    // Whatever the fold did not accept is no transition.
    if (history.at(-1)?.position.offset !== offset) return [];
    const accepted = history.map((each) => each.event);
    const triggers = triggersOf(accepted);
    const revision = accepted.reduce((newest, each) => Math.max(newest, each.revision), 0);
    if (triggers.length === 0) return [];
    const actions = await delivered.of(event.rule, revision, this.#signal);
    if (actions.actions.length === 0) return [];
    const state = stateAfter(history);
    if (state === undefined) return [];
    const told = { event: accepted.at(-1)!, offset, appendTime, state, ofDevice: groupedByOf(accepted) };
    return requestsOf(told, triggers, actions, revision);
  }

  /** Ends are told regardless: what was opened elsewhere is closed there. */
  #isTooMuch({ rule = "", requested }: ActionInput, now: number): boolean {
    const { rulePerMinute } = this.#options;
    const { trigger, group } = requested!;
    // What is told with others takes no message of its own.
    if (group != null) return false;
    if (rulePerMinute === 0 || trigger === "cleared" || trigger === "retracted") return false;
    let rate = this.#rates.get(rule!);
    if (rate === undefined) {
      if (this.#rates.size >= maxRates) this.#rates.clear();
      rate = new Rate(rulePerMinute);
      this.#rates.set(rule!, rate);
    }
    return !rate.take(now);
  }

  #heldBack({ actionId, alertId, transition, rule, device }: ActionInput): ActionInput {
    const reason = `rule ${rule} has asked for more than ${this.#options.rulePerMinute} actions within a minute`;
    return { ...{ actionId, alertId, transition, rule, device }, gaveUp: { reason: shortText(reason), attempt: 0 } };
  }

  /** What is told with others waits for the message of its group. */
  #enqueue(event: ActionEvent, attempts: number, retryAt: number | undefined): void {
    if (event.requested!.group !== null) return;
    this.#options.endpoints.add(event.requested!.endpoint, this.#job(event, attempts, retryAt ?? 0));
  }

  #job(event: ActionEvent, attempts: number, retryAt: number): Job {
    const { partition, actionLog, senders, metrics, logger } = this.#options;
    const { actionId, alertId, transition, rule, device } = event;
    const { definition, body, deadline, kind, message } = event.requested!;
    const signal = this.#signal;
    const named = { actionId, alertId, transition, rule, device };
    const tell = async (...told: readonly ActionInput[]): Promise<void> => {
      signal.throwIfAborted();
      await actionLog.append(
        partition,
        told.map((what) => ({ ...named, ...what })),
      );
    };
    const attempted = ({ status, error }: { status: number; error: string }, at: number): ActionInput => ({
      attempted: { attempt: job.attempts, status, error: shortText(error), retryAt: Math.ceil(at * 1000) },
    });
    const job: Job = {
      ...{ id: actionId, lane: message?.key ?? alertId, signal, attempts },
      action: `${event.requested!.action}/${definition}`,
      replaces: event.requested!.repetition > 0,
      deadline: deadline / 1000,
      notBefore: retryAt / 1000,
      async attempt() {
        const send = senders.get(kind);
        const action = send === undefined ? undefined : parsed(definition);
        if (send === undefined || action === undefined) {
          return { outcome: "failed", status: 0, error: `this version knows no action ${kind}`, forGood: true };
        }
        const began = performance.now();
        const attempt = await send({ id: actionId, action, body }, signal);
        metrics.attemptSeconds.labels({ kind }).observe((performance.now() - began) / 1000);
        metrics.attempts.labels({ kind, outcome: attempt.outcome }).inc();
        return attempt;
      },
      failed: (attempt, at) => tell(attempted(attempt, at)),
      async succeeded(status) {
        await tell({ succeeded: { status, attempt: job.attempts } });
        metrics.ended.labels({ kind, outcome: "succeeded" }).inc();
      },
      async gaveUp(reason, last) {
        const gaveUp = { gaveUp: { reason: shortText(reason), attempt: job.attempts } };
        await (last === undefined ? tell(gaveUp) : tell(attempted(last, 0), gaveUp));
        metrics.ended.labels({ kind, outcome: "gave-up" }).inc();
        logger.warn({ action: actionId, alert: alertId, rule, device, reason }, "an action was given up");
      },
    };
    return job;
  }

  /** Folds what actions.v1 still holds of this partition. */
  async #restore(): Promise<{
    pending: Iterable<Pending>;
    begun: number | undefined;
    requests: ReadonlyMap<string, number>;
  }> {
    const { partition, log, topics, folded } = this.#options;
    const pending = new Map<string, Pending>();
    const requests = new Map<string, number>();
    let begun: number | undefined;
    for await (const batch of log.read(topics.actions, partition)) {
      this.#signal.throwIfAborted();
      for (const record of batch.records) {
        const event = folded.action(batch, record);
        if (event === undefined) continue;
        // Whether a message of a group counts is known to the read model.
        if (event.requested?.message != null) continue;
        if (event.begun !== null) begun ??= event.begun.fromOffset;
        const present = pending.get(event.actionId);
        // A request that is told again, after its end too, is no new one.
        if (present === undefined && (event.requested === null || requests.has(event.actionId))) continue;
        const state = foldAction(present?.state, event);
        if (state === undefined) continue;
        if (present === undefined) requests.set(event.actionId, event.requested!.alertOffset);
        if (state.state === "waiting") pending.set(event.actionId, { event: present?.event ?? event, state });
        else pending.delete(event.actionId);
      }
    }
    return { pending: pending.values(), begun, requests };
  }
}

function stateAfter(history: readonly AlertTransitionAt[]): AlertState | undefined {
  return history.reduce<AlertState | undefined>((state, { event }) => foldAlert(state, event), undefined);
}

function decoded(value: Uint8Array): AlertEvent | undefined {
  try {
    return events.alert.decode(value);
  } catch (error) {
    // The read model has told of it.
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function parsed(definition: string): DeliveredAction | undefined {
  try {
    return JSON.parse(definition) as DeliveredAction;
  } catch {
    // Nobody who writes actions.v1 writes that.
    return undefined;
  }
}
