import type { AlertState } from "@headwater/aggregates";
import { alertTransition, cloudEventHeaders, events, eventTypes, type AlertInput } from "@headwater/proto";
import { ConflictError, isoFromMicros, RequestError } from "@headwater/core";
import type { OutgoingRecord, Position } from "@headwater/event-log";
import { performWrite, type WriteContext, type WriteStamp } from "@headwater/service";
import { snoozeMute } from "../engine/index.ts";
import type { AlertModel } from "./alert-model.ts";

/** µs */
const longestSnooze = 366 * 86_400_000_000;

export interface AlertWritesOptions extends Omit<WriteContext, "model"> {
  readonly model: AlertModel;
  readonly topic: string;
  readonly instance: string;
}

export interface WrittenAlert {
  readonly alert: AlertState;
  readonly position: Position;
}

/** The write side of operator actions: events beside those of the rules. Every method rejects as performWrite does. */
export class AlertWrites {
  readonly #options: AlertWritesOptions;

  constructor(options: AlertWritesOptions) {
    this.#options = options;
  }

  /** Throws ConflictError (409) if the alert is acknowledged already. */
  acknowledge(id: string, by: string, comment = ""): Promise<WrittenAlert> {
    return this.#write(id, (alert) => {
      if (alert.acknowledgedAt !== undefined) {
        throw new ConflictError(`Alert ${id} was acknowledged already, by ${alert.acknowledgedBy ?? "somebody"}`);
      }
      return { kind: alertTransition.acknowledged, by, comment };
    });
  }

  /** Throws ConflictError (409) if the alert is cleared already. */
  clear(id: string, by: string, comment = ""): Promise<WrittenAlert> {
    return this.#write(id, (alert, at) => {
      if (alert.state === "cleared") throw new ConflictError(`Alert ${id} is cleared already`);
      return { kind: alertTransition.cleared, by, comment, cause: "hand", clearedAt: at };
    });
  }

  /** "": nobody's. */
  assign(id: string, by: string, assignee: string, comment = ""): Promise<WrittenAlert> {
    return this.#write(id, () => ({ kind: alertTransition.assigned, by, assignee, comment }));
  }

  comment(id: string, by: string, comment: string): Promise<WrittenAlert> {
    return this.#write(id, () => ({ kind: alertTransition.commented, by, comment }));
  }

  /**
   * Holds back what the rule does on the alert's device. `untilOf` answers with the end, given the present (µs). Throws
   * ConflictError (409) if the alert is cleared already, and RequestError (400, `invalid-time`) for an end that is past
   * or more than a year away.
   */
  snooze(id: string, by: string, untilOf: (now: number) => number, comment = ""): Promise<WrittenAlert> {
    return this.#write(id, (alert, at) => {
      if (alert.state === "cleared")
        throw new ConflictError(`Alert ${id} is cleared already; there is nothing to snooze`);
      const until = untilOf(at);
      if (until <= at || until > at + longestSnooze) {
        const wanted = `${isoFromMicros(until)} is ${until <= at ? "past" : "more than a year away"}`;
        throw new RequestError(400, "invalid-time", `${wanted}; a snooze ends between now and in a year`);
      }
      return { kind: alertTransition.snoozed, by, snoozedUntil: until, comment };
    });
  }

  /** Throws ConflictError (409) if it is not snoozed. */
  endSnooze(id: string, by: string, comment = ""): Promise<WrittenAlert> {
    return this.#write(id, ({ snooze, mutedBy }, at) => {
      const isSnoozed = mutedBy.includes(snoozeMute) || (snooze !== undefined && snooze.until > at);
      if (!isSnoozed) throw new ConflictError(`Alert ${id} is not snoozed`);
      return { kind: alertTransition.snoozed, by, snoozedUntil: 0, comment };
    });
  }

  async #write(id: string, decide: (alert: AlertState, at: number) => AlertInput): Promise<WrittenAlert> {
    const { model, topic } = this.#options;
    const { state, position } = await performWrite(
      {
        topic,
        subject: `alert ${id}`,
        read: () => model.get(id),
        outcomes: model.outcomes,
        decide: (stored, stamp) => {
          const alert = presentAlert(stored, id);
          return this.#record(alert, stamp, decide(alert, stamp.at));
        },
      },
      { ...this.#options, model: model.readModel },
    );
    return { alert: state, position };
  }

  #record(alert: AlertState, { writeId, at }: WriteStamp, action: AlertInput): OutgoingRecord {
    const { id, rule, revision, device, severity, metric, shadow, raisedAt } = alert;
    const event: AlertInput = {
      ...{ alertId: id, rule, revision, device, severity, metric, shadow, raisedAt, at, writeId },
      // The engine numbers its transitions from 1; operator actions are told apart by their write ids.
      transition: 0,
      seen: alert.lastTransition,
      ...action,
    };
    const source = `/headwater/rules/${this.#options.instance}`;
    return {
      key: device,
      value: events.alert.encode(event),
      headers: cloudEventHeaders({ type: eventTypes.alert, source, id: `${id}/${writeId}`, time: at }),
    };
  }
}

/** Throws RequestError (404, `alert-unknown`) if there is none. */
export function presentAlert(alert: AlertState | undefined, id: string): AlertState {
  if (alert === undefined) throw new RequestError(404, "alert-unknown", `There is no alert ${id}`);
  return alert;
}
