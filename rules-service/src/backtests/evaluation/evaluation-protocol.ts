import type { TriedEpisode } from "../tried-episode.ts";
import type { DeviceAsNow, EvaluationCounts, PartitionPlan } from "./partition-backtest.ts";
import type { RecordPack } from "./record-pack.ts";

/** What the evaluating thread is told; each message has one answer, in order. */
export type EvaluationMessage =
  | { readonly kind: "plan"; readonly plan: PartitionPlan }
  | { readonly kind: "devices"; readonly devices: readonly DeviceAsNow[] }
  | { readonly kind: "records"; readonly pack: RecordPack }
  | { readonly kind: "finish" }
  /** Lets go of the partition; another may come later. */
  | { readonly kind: "forget" };

export interface EvaluationAnswer {
  /** Episodes that changed, as they now are. */
  readonly told: readonly TriedEpisode[];
  /** Of the partition so far. */
  readonly counts: Readonly<EvaluationCounts>;
}
