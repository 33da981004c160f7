import { randomUUID } from "node:crypto";
import type { AlertState } from "@headwater/aggregates";
import { alertTransition, cloudEventHeaders, events, eventTypes, type AlertInput } from "@headwater/proto";
import { ConflictError, nowMicros, RequestError } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import { writeEvent, type WriteOptions } from "../http/written-event.ts";
import type { AlertModel } from "./alert-model.ts";

export interface AlertWritesOptions extends Omit<WriteOptions, "model"> {
  readonly model: AlertModel;
  readonly topic: string;
  readonly instance: string;
}

export interface WrittenAlert {
  readonly alert: AlertState;
  readonly position: Position;
}

/** What people do to alerts: events beside those of the rules, which take note of them. */
export class AlertWrites {
  readonly #options: AlertWritesOptions;

  constructor(options: AlertWritesOptions) {
    this.#options = options;
  }

  async acknowledge(id: string, by: string, comment = ""): Promise<WrittenAlert> {
    const alert = this.#present(id);
    if (alert.acknowledgedAt !== undefined) {
      throw new ConflictError(`Alert ${id} was acknowledged already, by ${alert.acknowledgedBy ?? "somebody"}`);
    }
    return this.#write(alert, { kind: alertTransition.acknowledged, by, comment }, "acknowledged");
  }

  async clear(id: string, by: string, comment = ""): Promise<WrittenAlert> {
    const alert = this.#present(id);
    if (alert.state === "cleared") throw new ConflictError(`Alert ${id} is cleared already`);
    return this.#write(alert, { kind: alertTransition.cleared, by, comment, cause: "hand" }, "cleared");
  }

  #present(id: string): AlertState {
    const alert = this.#options.model.get(id);
    if (alert === undefined) throw noSuchAlert(id);
    return alert;
  }

  async #write(alert: AlertState, what: AlertInput, done: string): Promise<WrittenAlert> {
    const { model, topic, instance } = this.#options;
    const { id, rule, revision, device, severity, metric, shadow, raisedAt } = alert;
    const writeId = randomUUID();
    const at = nowMicros();
    const event: AlertInput = {
      ...{ alertId: id, rule, revision, device, severity, metric, shadow, raisedAt, at, writeId },
      // The engine numbers transitions; what people did is told apart by its write id.
      transition: 0,
      ...(what.kind === alertTransition.cleared && { clearedAt: at }),
      ...what,
    };
    const source = `/headwater/rules/${instance}`;
    const record = {
      key: device,
      value: events.alert.encode(event),
      headers: cloudEventHeaders({ type: eventTypes.alert, source, id: `${id}/${writeId}`, time: at }),
    };
    const position = await writeEvent(topic, record, { ...this.#options, model: model.readModel });
    if (!model.counted(id, writeId)) throw new ConflictError(`Alert ${id} was ${done} by someone else meanwhile`);
    return { alert: model.get(id)!, position };
  }
}

export function noSuchAlert(id: string): RequestError {
  return new RequestError(404, "no-such-alert", `There is no alert ${id}`);
}
