import type { RuleEvent } from "@headwater/proto";

/** A maintenance window, as rules.v1 has it. Times are µs since the epoch. */
export interface MaintenanceState {
  readonly id: string;
  /** Of the last event that counted; the next one to count has this + 1. */
  readonly sequence: number;
  readonly revision: number;
  /** Canonical JSON… */
  readonly definition: string;
  /** …of the published schema of this number. */
  readonly schema: number;
  /** It was taken away, before its time or after. */
  readonly ended: boolean;
  readonly createdAt: number;
  readonly at: number;
  readonly by: string;
}

export interface MaintenanceFold {
  /** undefined only if there was no window and the event did not make one. */
  readonly state: MaintenanceState | undefined;
  readonly accepted: boolean;
}

const prefix = "maintenance/";

/** What a window is called in rules.v1. */
export function maintenanceName(id: string): string {
  return prefix + id;
}

/** The id of the window that an event is about; undefined: it is about a rule. */
export function maintenanceIdOf({ rule, maintenance, maintenanceEnded }: RuleEvent): string | undefined {
  const isOfOne = maintenance !== null || maintenanceEnded !== null;
  return isOfOne && rule.startsWith(prefix) && rule.length > prefix.length ? rule.slice(prefix.length) : undefined;
}

/** As `foldRule`: the first event with sequence = present + 1 wins. A window that ended can be made again. */
export function foldMaintenance(state: MaintenanceState | undefined, event: RuleEvent): MaintenanceFold {
  const ignored: MaintenanceFold = { state, accepted: false };
  const id = maintenanceIdOf(event);
  if (id === undefined || event.sequence !== (state?.sequence ?? 0) + 1) return ignored;
  const { sequence, at, by, maintenance } = event;
  if (maintenance === null) {
    if (state === undefined || state.ended) return ignored;
    return { accepted: true, state: { ...state, sequence, at, by, ended: true } };
  }
  const { revision, definition, schema } = maintenance;
  const createdAt = state === undefined || state.ended ? at : state.createdAt;
  return { accepted: true, state: { id, sequence, revision, definition, schema, ended: false, createdAt, at, by } };
}
