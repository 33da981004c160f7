import { maintenanceName, type MaintenanceState } from "@headwater/aggregates";
import { ConflictError, RequestError } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import { canonicalMaintenance, maintenanceSchemaVersion, type MaintenanceDefinition } from "../definition/index.ts";
import { writeKept, type Kept, type KeptWritesOptions, type RuleInput, type RuleWrite } from "../rules/write-kept.ts";
import type { MaintenanceModel } from "./maintenance-model.ts";

type Decision = Pick<RuleInput, "maintenance" | "maintenanceEnded">;

export type MaintenanceWritesOptions = KeptWritesOptions<MaintenanceState, MaintenanceModel>;

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
    write: RuleWrite,
    decide: (stored: MaintenanceState | undefined) => Decision | undefined,
  ): Promise<WrittenMaintenance> {
    const { state, position } = await writeKept(windows, this.#options, id, write, decide);
    return { window: state, position };
  }
}

const windows: Kept<MaintenanceState> = {
  kind: "maintenance window",
  nameOf: maintenanceName,
  sequenceOf: ({ sequence }) => sequence,
  revisionOf: ({ ended, revision }) => (ended ? undefined : revision),
};

function revisionOf(definition: MaintenanceDefinition, revision: number): NonNullable<RuleInput["maintenance"]> {
  return { revision, schema: maintenanceSchemaVersion, definition: canonicalMaintenance(definition) };
}

/** Throws RequestError (404, `maintenance-unknown`) for a window that never was or was taken away. */
export function presentWindow(stored: MaintenanceState | undefined, id: string): MaintenanceState {
  if (stored !== undefined && !stored.ended) return stored;
  throw new RequestError(404, "maintenance-unknown", `There is no maintenance window ${id}`);
}
