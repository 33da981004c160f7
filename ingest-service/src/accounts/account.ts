import { noMinute, type NewSeriesMinute } from "../series-guard/series-guard.ts";
import type { DerivedPlace } from "@headwater/proto/telemetry";

/** One lane as the log shows it: the records of one gateway and epoch in one partition. */
export interface LaneAccount {
  readonly gateway: string;
  readonly epoch: number;
  /** The last n seen: a record at or below it is a duplicate. */
  readonly n: number;
  /** The gateway's receive time of that record, µs. */
  readonly receivedAt: number;
  /** Events counted, without duplicates. */
  readonly events: number;
  /** Of these what became an event of an entry of quarantine that had become one before. */
  readonly repeated: number;
  /** Events at or below `n`. */
  readonly duplicate: number;
  /** Events counted when the last mark was seen… */
  readonly eventsAtMark: number;
  /** …and the gateway's own account in that mark, cumulative since the epoch began. */
  readonly received: number;
  readonly dropped: number;
  /**
   * Identities in gap records that do not say how many of them were events: `dropped` counts all of them, and that may
   * be too many by those of marks.
   */
  readonly uncertain: number;
  /** The part of received and dropped that precedes the first event counted here; undefined before the first mark. */
  readonly base: { readonly received: number; readonly dropped: number } | undefined;
  /** Identities that the gateway does not account for. */
  readonly unexplained: number;
  /** Gaps that no gap record has named since the last mark. */
  readonly gapsSinceMark: number;
  /** Offset of the last record of the lane. */
  readonly seenAt: number;
}

/** Identities that are not in the log. */
export interface Gap {
  readonly gateway: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** The reason in the gateway's gap record; absent: no gateway accounts for these identities. */
  readonly reason?: string;
  /** The gateway's receive times of the records before and behind, µs; absent where there is none, or not yet. */
  readonly after?: number;
  readonly before?: number;
  /** How many of the identities were events; the others were marks. Absent: that is not known, or not yet. */
  readonly events?: number;
}

/** Events of a gateway that are not, or not wholly, stored. */
export interface SetAside {
  /** "": it cannot be read. */
  readonly gateway: string;
  readonly partlyStored: number;
  readonly quarantined: number;
}

export interface Counts {
  /** Events in the log, including duplicates and undecodable records, without derived events. */
  readonly logged: number;
  readonly duplicate: number;
  readonly derived: number;
  /** Second values of a device's metric at the time of the event before. */
  readonly overwritten: number;
}

/** How the projected events ended. */
export interface OutcomeCounts {
  readonly stored: number;
  readonly partlyStored: number;
  readonly quarantined: number;
}

/** What a lane or several have in the ledger. */
export interface LaneSums {
  readonly received: number;
  readonly dropped: number;
  readonly missing: number;
  readonly unmarked: number;
}

/** The account of one partition of telemetry.v1, from offset `from` up to, not including, `offset`. */
export interface PartitionAccount {
  readonly partition: number;
  readonly from: number;
  readonly offset: number;
  readonly counts: Counts;
  readonly outcomes: OutcomeCounts;
  /** The most recently seen lanes, at most `maxLanes`. */
  readonly lanes: readonly LaneAccount[];
  /** The sums of lanes that are no longer kept one by one. */
  readonly retired: LaneSums;
  /** Of the gateways that have any, at most `maxLanes`. */
  readonly setAside: readonly SetAside[];
  /** The newest gaps, at most `maxGaps`. */
  readonly gaps: readonly Gap[];
  readonly gapsLeftOut: number;
  /** Identities that no gateway accounts for, over all gaps. */
  readonly unexplained: number;
  readonly newSeries: NewSeriesMinute;
  /** Entries of quarantine that became events, the newest, at most `maxRedriven`, each with its attempt. */
  readonly redriven?: readonly (readonly [entry: string, attempt: number])[] | undefined;
  /** The last derived event seen: one that is at or below it was emitted again. */
  readonly derivedUpTo?: DerivedPlace | undefined;
}

/** More than all gateways can have under way when they crash. */
export const maxRedriven = 1000;
export const maxGaps = 1000;
/** A gateway has one lane for each of its epochs, and a new epoch only with a new spool. */
export const maxLanes = 1000;

export const noLanes: LaneSums = { received: 0, dropped: 0, missing: 0, unmarked: 0 };

export function emptyAccount(partition: number, from: number): PartitionAccount {
  return {
    partition,
    from,
    offset: from,
    counts: { logged: 0, duplicate: 0, derived: 0, overwritten: 0 },
    outcomes: { stored: 0, partlyStored: 0, quarantined: 0 },
    lanes: [],
    retired: noLanes,
    setAside: [],
    gaps: [],
    gapsLeftOut: 0,
    unexplained: 0,
    newSeries: noMinute,
  };
}
