import { createHash } from "node:crypto";
import type { Device } from "@headwater/aggregates";
import { actionNumbers } from "../action-kinds/action-numbers.ts";
import { groupedByDevice } from "../action-kinds/grouping.ts";
import type { NormalAction } from "../action-kinds/kinds.ts";
import { normaliseRule, type NormalRule, type RuleDefinition } from "../definition/definition.ts";
import { selects } from "../definition/selector.ts";
import { selectorKeys, type SelectorKeys } from "../definition/selector-keys.ts";
import type { Outlook } from "../conditions/outlook.ts";
import { anyMetric, type Interval, type Program } from "../conditions/program.ts";
import { ranked, unranked, verdictOf } from "../conditions/verdict.ts";
import { gatewayOf } from "../readings/gateway-stand-in.ts";
import type { Anchor, Reading, Sample } from "../readings/reading.ts";
import { isSteady, noEpisode, type EpisodeState, type FoldState } from "./episode-machine.ts";
import type { RuleChange } from "./engine.ts";

/** Above every rank of an episode. */
const mostRanks = unranked + 1;
/** No verdict is greater. */
const mostVerdict = verdictOf(unranked, 1);

/** A definition is compiled once, however many partitions evaluate it. */
const compiled = new WeakMap<RuleDefinition, NormalRule>();

export function compiledRule(definition: RuleDefinition): NormalRule {
  let normal = compiled.get(definition);
  if (normal === undefined) {
    normal = normaliseRule(definition);
    compiled.set(definition, normal);
  }
  return normal;
}

/** A rule as it is evaluated: one object for each revision and mode. */
export class Rule {
  readonly change: RuleChange;
  readonly id: string;
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly shadow: boolean;
  readonly program: Program;
  /** Rank of the rule's severity. */
  readonly rank: number;
  /** The mildest that its alerts may have. */
  readonly mildest: number;
  /** Microseconds: how far back a reading still amends. */
  readonly lateness: number;
  /** Microseconds: how long a timer waits for stragglers. */
  readonly wait: number;
  readonly actions: readonly NormalAction[];
  /** What each of them is called in ids. */
  readonly actionNumbers: readonly number[];
  /** Why it may be raised, if it is about absence. */
  readonly reasons: NormalRule["reasons"];
  /** Whether any of them is done again while an episode is open. */
  readonly repeats: boolean;
  /** What of the device its actions are grouped by. */
  readonly groupedByDevice: readonly string[];
  /** What a rule without a condition makes of a sample; undefined: it has one, or its mode is shadow. */
  readonly derive: NormalRule["derive"];
  /** The metrics that it writes. */
  readonly derives: readonly string[];
  /** Equal for rules that judge alike, whatever they are called and do. */
  readonly judgesLike: string;
  /** A short name of that, by which a state knows whose it is. */
  get likeness(): string {
    this.#likeness ??= createHash("sha256").update(this.judgesLike).digest("base64url").slice(0, 11);
    return this.#likeness;
  }

  #likeness: string | undefined;
  /** The state of a device of which nothing is kept; undefined: every device has one. */
  readonly idle: FoldState | undefined;
  /** What devices find it by. */
  readonly selectorKeys: SelectorKeys;
  readonly #selector: NormalRule["selector"];
  readonly #ranks: readonly number[];
  /** Calm intervals of a condition whose state is a verdict, by that and the episode: there are few of both. */
  readonly #calm: (Interval | undefined)[] = [];

  /** `selector` stands for that of the definition. */
  constructor(change: RuleChange, selector?: NormalRule["selector"]) {
    const normal = compiledRule(change.definition);
    this.change = change;
    this.id = change.rule;
    this.revision = change.revision;
    this.labels = change.definition.labels ?? {};
    this.shadow = change.mode === "shadow";
    this.program = normal.program;
    this.rank = normal.rank;
    this.#ranks = normal.program.ranks.map((rank) => (rank === unranked ? normal.rank : rank));
    this.mildest = Math.min(...this.#ranks);
    this.lateness = normal.lateness;
    this.wait = normal.wait;
    this.actions = normal.actions;
    this.actionNumbers = actionNumbers(normal.actions, change.actionsByPlace);
    this.reasons = normal.reasons;
    this.repeats = normal.actions.some(({ repeat }) => repeat > 0);
    this.groupedByDevice = groupedByDevice(normal.actions);
    this.derive = this.shadow ? undefined : normal.derive;
    this.derives = this.shadow ? [] : normal.derives;
    this.judgesLike = normal.judgesLike;
    this.idle = normal.program.idle === undefined ? undefined : { program: normal.program.idle, episode: noEpisode };
    this.#selector = selector ?? normal.selector;
    this.selectorKeys = selectorKeys(this.#selector);
  }

  /** What the control event is called that put it into effect; part of the ids of alerts. */
  get grounding(): string {
    return this.change.grounding ?? `${this.revision}`;
  }

  /** Whether it is told of gateways, too. */
  get watchesGateways(): boolean {
    return this.reasons?.some((reason) => reason !== "device-silent") === true;
  }

  selects(id: string, device: Device | undefined): boolean {
    if (gatewayOf(id) !== undefined) return this.watchesGateways;
    return selects(this.#selector, id, device);
  }

  /** The rank that the condition itself gives, where it has none of its own. */
  ownRank(rank: number): number {
    const { ranks } = this.program;
    return ranks.includes(rank) ? rank : (ranks[this.#ranks.indexOf(rank)] ?? rank);
  }

  initial(device: Device | undefined, since: Anchor | undefined): FoldState {
    return this.idle ?? { program: this.program.initial(device, since), episode: noEpisode };
  }

  isIdle({ program, episode }: FoldState): boolean {
    if (this.idle === undefined || episode.rank !== 0 || episode.muted) return false;
    return this.program.isIdle(program) || this.program.isAtRest?.(program) === true;
  }

  /** Values of a metric that change nothing, neither now nor later. */
  quiet({ program, episode }: FoldState, metric: string): Interval {
    if (this.program.calm === undefined) return this.program.quiet(program, metric);
    const isOfFew = typeof program === "number" && program >= 0 && program <= mostVerdict && Number.isInteger(program);
    if (!isOfFew || metric !== this.program.inputs[0]) return this.#calmOf(program, episode, metric);
    const place = (program * mostRanks + episode.rank) * 2 + Number(episode.muted);
    return (this.#calm[place] ??= this.#calmOf(program, episode, metric));
  }

  #calmOf(program: unknown, episode: EpisodeState, metric: string): Interval {
    const { rank, mildest } = this;
    return this.program.calm!(program, metric, (verdict) => isSteady(episode, ranked(verdict, rank), mildest));
  }

  /** Which numbers may be taken in later; see `Program`. */
  foresee({ program, episode }: FoldState): Outlook | undefined {
    const { rank, mildest } = this;
    return this.program.foresee?.(program, (verdict) => isSteady(episode, ranked(verdict, rank), mildest));
  }

  takes(metric: string): boolean {
    return this.program.inputs.includes(metric);
  }

  /** The last of the rule's own readings in a sample. */
  lastOwn({ readings }: Sample): Reading | undefined {
    return readings.findLast(({ metric }) => this.takes(metric)) ?? readings.find(({ metric }) => metric === anyMetric);
  }
}
