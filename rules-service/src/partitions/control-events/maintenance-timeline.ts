import { foldMaintenance, maintenanceIdOf, type MaintenanceState } from "@headwater/aggregates";
import { HeadwaterError } from "@headwater/core";
import type { RuleEvent } from "@headwater/proto";
import type { MaintenanceDefinition } from "../../definition/maintenance.ts";

/** A maintenance window after a record of rules.v1. */
export interface MaintenanceAt {
  /** Offset of the record. */
  readonly offset: number;
  readonly id: string;
  /** undefined: the window was taken away. */
  readonly definition: MaintenanceDefinition | undefined;
}

export interface MaintenanceTimelineOptions {
  /** Parses a definition that was valid when it was written; throws a typed error if it cannot be read. */
  readonly maintenanceOf: (written: { definition: string; schema: number }, id: string) => MaintenanceDefinition;
  /** Told of one that cannot be read. The window stays as it was before. */
  readonly onUnreadable?: (offset: number, error: HeadwaterError) => void;
}

/** All past states of all maintenance windows, by their offsets in rules.v1, as RuleTimeline has those of rules. */
export class MaintenanceTimeline {
  readonly #options: MaintenanceTimelineOptions;
  readonly #states = new Map<string, MaintenanceState>();
  readonly #latest = new Map<string, MaintenanceAt>();
  readonly #byOffset = new Map<number, MaintenanceAt>();

  constructor(options: MaintenanceTimelineOptions) {
    this.#options = options;
  }

  /** Applies a record of rules.v1. Returns the id of the window that it changed. */
  apply(offset: number, event: RuleEvent): string | undefined {
    const id = maintenanceIdOf(event);
    if (id === undefined) return undefined;
    const { state, accepted } = foldMaintenance(this.#states.get(id), event);
    if (!accepted || state === undefined) return undefined;
    this.#states.set(id, state);
    const at = { offset, id, definition: this.#definitionOf(offset, state) };
    this.#latest.set(id, at);
    this.#byOffset.set(offset, at);
    return id;
  }

  latest(id: string): MaintenanceAt | undefined {
    return this.#latest.get(id);
  }

  ids(): Iterable<string> {
    return this.#latest.keys();
  }

  /** The window after the record at that offset of rules.v1; undefined if the record changed none. */
  at(offset: number): MaintenanceAt | undefined {
    return this.#byOffset.get(offset);
  }

  #definitionOf(offset: number, state: MaintenanceState): MaintenanceDefinition | undefined {
    if (state.ended) return undefined;
    try {
      return this.#options.maintenanceOf(state, state.id);
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      this.#options.onUnreadable?.(offset, error);
      return this.#latest.get(state.id)?.definition;
    }
  }
}
