import { maintenanceName, type MaintenanceState } from "@headwater/aggregates";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { ConflictError, RequestError } from "@headwater/core";
import type { OutgoingRecord, Position } from "@headwater/event-log";
import { performWrite, type WriteContext, type WriteStamp } from "@headwater/service";
import { canonicalMaintenance, maintenanceSchemaVersion, type MaintenanceDefinition } from "../definition/index.ts";
import type { RuleWrite } from "../rules/rule-writes.ts";
import type { MaintenanceModel } from "./maintenance-model.ts";

type RuleInput = Parameters<typeof events.rule.encode>[0];
type Decision = Pick<RuleInput, "maintenance" | "maintenanceEnded">;

export interface MaintenanceWritesOptions extends Omit<WriteContext, "model"> {
  readonly model: MaintenanceModel;
  readonly topic: string;
  readonly instance: string;
}

export interface WrittenMaintenance {
  readonly window: MaintenanceState;
  /** undefined: the window was already as asked, and nothing was written. */
  readonly position: Position | undefined;
}

/** The write side of maintenance windows, which are records of rules.v1. Every method rejects as RuleWrites does. */
export class MaintenanceWrites {
  readonly #options: MaintenanceWritesOptions;

  constructor(options: MaintenanceWritesOptions) {
    this.#options = options;
  }

  create(definition: MaintenanceDefinition, write: RuleWrite): Promise<WrittenMaintenance> {
    const { id } = definition;
    return this.#write(id, write, (stored) => {
      if (stored !== undefined && !stored.ended) {
        throw new ConflictError(
          `There is a maintenance window ${id} already; change it with PUT, or choose another id`,
        );
      }
      return { maintenance: revisionOf(definition, (stored?.revision ?? 0) + 1) };
    });
  }

  /** Writes nothing if the present definition is the same. */
  change(id: string, definition: MaintenanceDefinition, write: RuleWrite): Promise<WrittenMaintenance> {
    return this.#write(id, write, (stored) => {
      const { definition: before, revision } = presentWindow(stored, id);
      if (before === canonicalMaintenance(definition)) return undefined;
      return { maintenance: revisionOf(definition, revision + 1) };
    });
  }

  /** What is open acts once then. */
  end(id: string, write: RuleWrite): Promise<WrittenMaintenance> {
    return this.#write(id, write, (stored) => {
      presentWindow(stored, id);
      return { maintenanceEnded: {} };
    });
  }

  async #write(
    id: string,
    { by, precondition }: RuleWrite,
    decide: (stored: MaintenanceState | undefined) => Decision | undefined,
  ): Promise<WrittenMaintenance> {
    const { model, topic } = this.#options;
    let expected: number | undefined;
    const { state, position } = await performWrite<MaintenanceState>(
      {
        topic,
        subject: `maintenance window ${id}`,
        read: () => model.get(id),
        revisionOf: ({ ended, revision }) => (ended ? undefined : revision),
        precondition,
        outcomes: model.outcomes,
        decide: (stored, stamp) => {
          const sequence = (stored?.sequence ?? 0) + 1;
          // A window is replaced as a whole, so a write that lost may not overwrite what its caller has never seen.
          expected ??= sequence;
          if (sequence !== expected) {
            throw new ConflictError(`Someone else changed window ${id} at the same time; read it and try again`, {
              status: precondition === undefined ? 409 : 412,
            });
          }
          const change = decide(stored);
          return change && this.#record(stamp, { rule: maintenanceName(id), sequence, by, ...change });
        },
      },
      { ...this.#options, model: model.readModel },
    );
    return { window: state, position };
  }

  #record({ writeId, at }: WriteStamp, event: RuleInput & { readonly rule: string }): OutgoingRecord {
    const source = `/headwater/rules/${this.#options.instance}`;
    return {
      key: event.rule,
      value: events.rule.encode({ ...event, writeId, at }),
      headers: cloudEventHeaders({ type: eventTypes.rule, source, id: writeId, time: at }),
    };
  }
}

function revisionOf(definition: MaintenanceDefinition, revision: number): NonNullable<RuleInput["maintenance"]> {
  return { revision, schema: maintenanceSchemaVersion, definition: canonicalMaintenance(definition) };
}

/** Throws RequestError (404, `maintenance-unknown`) for a window that never was or was taken away. */
export function presentWindow(stored: MaintenanceState | undefined, id: string): MaintenanceState {
  if (stored !== undefined && !stored.ended) return stored;
  throw new RequestError(404, "maintenance-unknown", `There is no maintenance window ${id}`);
}
