import { nowMicros, retrying } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import type { ActionState } from "@headwater/aggregates";
import type { ActionEvent, ActionInput } from "@headwater/proto";
import { deliveryOf, type DeliveredAction } from "../action-kinds/kinds.ts";
import type { ActionModel } from "../actions/action-model.ts";
import { occasionOf } from "../actions/grouped-actions.ts";
import type { AlertModel } from "../alerts/alert-model.ts";
import type { ActionLog } from "./action-log.ts";
import { contentOf, messageOf, mostInMessage } from "./group-digest.ts";
import { untilApplied } from "./until-applied.ts";

export interface GroupMessagesOptions {
  readonly partition: number;
  readonly log: EventLog;
  readonly topic: string;
  readonly actions: ActionModel;
  readonly alerts: AlertModel;
  readonly actionLog: ActionLog;
  readonly signal: AbortSignal;
  /** Sends a message that counts, from where an earlier owner left it. */
  readonly send: (message: ActionEvent, state: ActionState) => void;
  readonly onError: (error: unknown) => void;
}

/** Between two looks at what is due (milliseconds): what arrives together is looked at together. */
const pauseMs = 50;
/** The log's clock may run ahead of this machine's. */
const longestWaitMs = 1000;

/**
 * Writes and sends the messages of the groups that are at home in a partition, when they are due on the log's clock.
 * What they tell comes from every partition, by the read model. A message is sent only after the log has shown that it
 * counts: a former owner may have written another of the same.
 */
export class GroupMessages {
  readonly #options: GroupMessagesOptions;
  readonly #notice = () => this.#lookIn(pauseMs);
  #timer: NodeJS.Timeout | undefined;
  /** On the event loop's clock. */
  #lookAt = Infinity;
  #looking = false;
  #sent: ReadonlySet<string> = new Set();

  constructor(options: GroupMessagesOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it knows of every message that former owners have written. `from`: the offset of alerts.v1 from which
   * on the partition acts.
   */
  async start(from: number): Promise<void> {
    const { actions, signal, partition, actionLog } = this.#options;
    await this.#untilRead();
    signal.throwIfAborted();
    actions.groupListeners.add(this.#notice);
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    if (actions.grouped.nextDue(partition) < Infinity) {
      // What was read long ago does not tell how late it is by now; a further record does, which says nothing else.
      await actionLog.append(partition, [{ begun: { fromOffset: from } }]);
      await this.#untilRead();
    }
    this.#lookIn(0);
  }

  #stop(): void {
    this.#options.actions.groupListeners.delete(this.#notice);
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#options.signal.aborted || this.#looking || at >= this.#lookAt) return;
    clearTimeout(this.#timer);
    this.#lookAt = at;
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const { actions, partition, signal, onError } = this.#options;
    this.#lookAt = Infinity;
    this.#looking = true;
    try {
      for (;;) {
        this.#send();
        const due = actions.grouped.due(partition, actions.time.now);
        if (due.length === 0) break;
        for (const key of due) {
          signal.throwIfAborted();
          await this.#tell(key);
        }
      }
    } catch (error) {
      if (!signal.aborted) onError(error);
      return;
    } finally {
      this.#looking = false;
    }
    const wait = (actions.grouped.nextDue(partition) - actions.time.now) / 1000;
    if (wait < Infinity) this.#lookIn(Math.min(Math.max(Math.ceil(wait), pauseMs), longestWaitMs));
  }

  async #tell(key: string): Promise<void> {
    const { actions, alerts, partition, actionLog } = this.#options;
    const waiting = actions.grouped.waiting(key, mostInMessage);
    const first = waiting[0] && actions.grouped.requestOf(waiting[0].id);
    if (first === undefined) return;
    const { kind, definition } = first.requested!;
    const action = deliveryOf(kind) && parsed(definition);
    const answersEnds = action?.on.includes("cleared") === true;
    const content =
      action === undefined
        ? { told: [], withdrawn: waiting.map(({ id }) => ({ action: id, reason: unknownKind(kind) })) }
        : contentOf(waiting, nowMicros(), (alert) => !answersEnds && alerts.isCleared(alert));
    const message = messageOf(key, first, content, (id) => {
      const told = actions.grouped.requestOf(id);
      return told && occasionOf(told);
    });
    await actionLog.append(partition, [message, ...(content.told.length > 0 ? [] : [nobodyTold(message)])]);
    await this.#untilRead();
  }

  /** What counts is sent, whoever wrote it: a former owner may not have come to that. */
  #send(): void {
    const { actions, partition, send } = this.#options;
    const waiting = actions.grouped.messagesOf(partition);
    const former = this.#sent;
    this.#sent = new Set(waiting);
    for (const id of waiting) {
      const message = former.has(id) ? undefined : actions.grouped.messageOf(id);
      if (message !== undefined) send(message, actions.get(id)!);
    }
  }

  /** Until the read model has all that the partition holds by now. */
  async #untilRead(): Promise<void> {
    const { log, topic, partition, actions, signal } = this.#options;
    const positions = await retrying(() => log.positions(topic), { signal });
    const end = positions.find((each) => each.partition === partition)?.end ?? 0;
    if (end > 0) await untilApplied(actions.readModel, { topic, partition, offset: end - 1 }, signal);
  }
}

function nobodyTold({ actionId, alertId, transition, rule, device }: ActionInput): ActionInput {
  const reason = "nothing of it was left to be told";
  return { ...{ actionId, alertId, transition, rule, device }, gaveUp: { reason, attempt: 0 } };
}

/** As of an action that is told alone. */
function unknownKind(kind: string): string {
  return `this version knows no action ${kind}`;
}

function parsed(definition: string): DeliveredAction | undefined {
  try {
    return JSON.parse(definition) as DeliveredAction;
  } catch {
    return undefined;
  }
}
