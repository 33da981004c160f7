import type { RuleEvent } from "@headwater/proto";

export type RuleMode = "draft" | "live" | "shadow" | "disabled" | "deleted";

export interface RuleRevision {
  readonly revision: number;
  /** Canonical JSON… */
  readonly definition: string;
  /** …of the published schema of this number. */
  readonly schema: number;
  /** µs */
  readonly at: number;
  readonly by: string;
}

export interface RuleState {
  readonly id: string;
  /** Of the last event that counted; the next one to count has this + 1. */
  readonly sequence: number;
  /** The newest. */
  readonly revision: number;
  /** All of them, oldest first. */
  readonly revisions: readonly RuleRevision[];
  readonly mode: RuleMode;
  /** µs; when the last event that counted was decided… */
  readonly at: number;
  /** …and by whom… */
  readonly by: string;
  /** …and which write it was. */
  readonly writeId: string;
}

export interface RuleFold {
  /** undefined only if there was no rule and the event did not create one. */
  readonly state: RuleState | undefined;
  readonly accepted: boolean;
}

/**
 * The first event with sequence = present + 1 wins; later ones of that sequence are ignored, by every reader alike, and
 * so is one that makes no sense of the present mode (a revision of a deleted rule, a creation of one that exists).
 * rules.v1 is kept for ever and read from its start.
 */
export function foldRule(state: RuleState | undefined, event: RuleEvent): RuleFold {
  const ignored: RuleFold = { state, accepted: false };
  if (event.sequence !== (state?.sequence ?? 0) + 1) return ignored;
  const common = { sequence: event.sequence, at: event.at, by: event.by, writeId: event.writeId };
  const absent = state === undefined || state.mode === "deleted";
  if (event.created !== null) {
    if (!absent) return ignored;
    const revision = revisionOf(event, event.created);
    const revisions = [...(state?.revisions ?? []), revision];
    return {
      accepted: true,
      state: { ...common, id: event.rule, revision: revision.revision, revisions, mode: "draft" },
    };
  }
  if (absent) return ignored;
  if (event.revised !== null) {
    const revision = revisionOf(event, event.revised);
    const revisions = [...state.revisions, revision];
    return { accepted: true, state: { ...state, ...common, revision: revision.revision, revisions } };
  }
  const mode = modeOf(event);
  return mode === undefined ? ignored : { accepted: true, state: { ...state, ...common, mode } };
}

function modeOf(event: RuleEvent): RuleMode | undefined {
  if (event.enabled !== null) return "live";
  if (event.shadowed !== null) return "shadow";
  if (event.disabled !== null) return "disabled";
  return event.deleted === null ? undefined : "deleted";
}

function revisionOf(event: RuleEvent, revised: NonNullable<RuleEvent["revised"]>): RuleRevision {
  const { revision, definition, schema } = revised;
  return { revision, definition, schema, at: event.at, by: event.by };
}
