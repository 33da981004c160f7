import type { Reading } from "../readings/reading.ts";
import type { Changes } from "./changes.ts";
import type { LogClock } from "./clock.ts";
import type { Instance } from "./instance.ts";
import type { RuleIndex } from "./rule-index.ts";
import type { SeenIdentities } from "./seen-identities.ts";
import type { Series } from "./series.ts";

/** What the intake finds around it. */
export interface IntakeWorld {
  readonly index: RuleIndex;
  readonly clock: LogClock;
  readonly identities: SeenIdentities;
  readonly changedSeries: Changes<Series>;
  readonly changedInstances: Changes<Instance>;
  /** Derived readings that stand in the place of others, with these. */
  readonly corrected: Map<Reading, Reading>;
  /** The next offset, or the present one. */
  readonly next: number;
  /** Whether one more rule may be looked at in the present slice of the record; takes the room for it. */
  readonly hasRoomToLook: () => boolean;
  readonly counts: { evaluations: number; tooLate: number; notNumeric: number };
}
