/** Changes to the sources, each of which makes the engine wrong. `from` stands exactly once in the file. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Which of the worker's properties looks first; the first of them where it is absent. */
  readonly first?: number;
}

export const mutants: readonly Mutant[] = [
  { file: "conditions/hold/held.ts", from: "count: counts ? 1 : 0", to: "count: 1" },
  {
    file: "conditions/hold/held.ts",
    from: "if (raise === unknown) return runs;",
    to: "if (raise === unknown) return noRuns;",
  },
  { file: "conditions/hold/held.ts", from: "const isOwn = takesOf(inner.inputs, sample);", to: "const isOwn = true;" },
  { file: "conditions/hold/held.ts", from: "stay === 0 && clearSince !== null ? 1 : stay", to: "stay" },
  { file: "conditions/verdict.ts", from: "if (a === 0 || b === 0) return 0;", to: "if (a === 0 && b === 0) return 0;" },
  {
    file: "conditions/verdict.ts",
    from: "if (a > 0 || b > 0) return Math.max(a, b);",
    to: "if (a > 0 || b > 0) return Math.min(a, b);",
  },
  {
    file: "conditions/window/windows.ts",
    from: "panes: fold.from(panes, edge - count), result, edge",
    to: "panes: fold.from(panes, edge + 1 - count), result, edge",
  },
  { file: "conditions/window/windows.ts", from: "if (state.length < size * width) return undefined;", to: "" },
  {
    file: "conditions/window/windows.ts",
    from: "wakeTime: ({ last }) => (last === null ? Infinity : last.time + gap),",
    to: "wakeTime: () => Infinity,",
  },
  { file: "conditions/window/accumulator.ts", from: "to - from < least ||", to: "to - from <= least ||" },
  { file: "conditions/window/accumulator.ts", from: "(earlier) => earlier,", to: "(_, later) => later," },
  { file: "conditions/relative/relative.ts", from: "now - past;", to: "past - now;" },
  { file: "conditions/relative/relative.ts", from: "value >= floor &&", to: "value > floor &&" },
  {
    file: "conditions/absence/absence.ts",
    from: "if (state.last !== null && time < (state.heard ?? state.last.time)) return state;",
    to: "if (state.last !== null) return state;",
  },
  {
    file: "conditions/absence/absence.ts",
    from: "wakes: ({ last, silent, watched }) =>\n      silent || !watched ||",
    to: "wakes: ({ last, silent }) => silent ||",
  },
  { file: "conditions/other/two-values.ts", from: "sample.time > due", to: "sample.time >= due" },
  {
    file: "conditions/metric/changes-to.ts",
    from: "if (state === verdicts.unknown) return verdicts.between;",
    to: "if (state === verdicts.unknown) return changed;",
  },
  {
    file: "conditions/comparison/comparison.ts",
    from: "clearWithin !== undefined && (value < clearLow || value > clearHigh)",
    to: "clearWithin !== undefined && value < clearLow",
  },
  {
    file: "engine/fold.ts",
    from: "if (first > upTo || (first === upTo && !inclusive)",
    to: "if (first > upTo || (first === upTo && inclusive)",
  },
  { file: "engine/fold.ts", from: "isSame && !rule.program.watchesSilence", to: "isSame" },
  {
    file: "engine/episode-machine.ts",
    from: "if (stay === 0 && raise <= 0) return 0;",
    to: "if (stay <= 0 && raise <= 0) return 0;",
  },
  { file: "engine/episode-machine.ts", from: "Math.min(rank, mildest)", to: "rank" },
  { file: "engine/instance.ts", from: "first.time > this.firedTo", to: "first.time >= this.firedTo" },
  { file: "engine/footings.ts", from: "if (each.index > last) last = each.index;", to: "last = index;" },
  { file: "engine/horizon.ts", from: "if (state.episode.begun?.time === armed.time) return true;", to: "" },
  { file: "engine/reconciliation.ts", from: "for (const episode of lost) retract(instance, episode, alerts);", to: "" },
  { file: "engine/episode.ts", from: "(episode, index) => episode.born === names[index],", to: "" },
  { file: "engine/seen-identities.ts", from: "if (n <= lane.last) {", to: "if (n < lane.last) {" },
  { file: "readings/position.ts", from: "if (a.time !== b.time) return a.time > b.time;", to: "" },
  {
    file: "conditions/schedule/scheduled.ts",
    from: "verdictOf(unknown, clears ? 0 : stayOf(verdict))",
    to: "verdictOf(unknown, stayOf(verdict))",
    first: 1,
  },
  {
    file: "conditions/schedule/scheduled.ts",
    from: "isOpen ? clears && stayOf(verdict) !== 0 : changesByOpening(verdict)",
    to: "isOpen ? clears && stayOf(verdict) !== 0 : false",
    first: 1,
  },
  { file: "conditions/flapping/flapping.ts", from: "changes.length >= most", to: "changes.length > most", first: 1 },
  {
    file: "conditions/flapping/flapping.ts",
    from: "time > at.time - within",
    to: "time >= at.time - within",
    first: 1,
  },
  {
    file: "conditions/flapping/flapping.ts",
    from: "isOn ? stayOf(verdict) !== 0 || raiseOf(verdict) > 0 : raiseOf(verdict) > 0",
    to: "raiseOf(verdict) > 0",
    first: 1,
  },
  { file: "engine/rule.ts", from: "this.change.grounding ?? `${this.revision}`", to: '""', first: 2 },
  { file: "engine/joins.ts", from: "instance.mute(next);", to: "", first: 2 },
  { file: "engine/joins.ts", from: "instance.ground(instance.state, next);", to: "", first: 2 },
  {
    file: "engine/joins.ts",
    from: "if (before?.judgesLike !== rule.judgesLike || !before.selects(device, known)) ",
    to: "",
    first: 3,
  },
  {
    file: "engine/joins.ts",
    from: "yield* this.#each(devices, (device) => this.#tenures.end(before, device, `rule-${change.mode}`));",
    to: "",
    first: 2,
  },
  {
    file: "engine/revision.ts",
    from: 'closeUnder(before, instance, "rule-shadowed", evaluator);',
    to: "",
    first: 2,
  },
  {
    file: "engine/revision.ts",
    from: "if (old.state.episode.muted) {",
    to: "if (false) {",
    first: 3,
  },
  { file: "engine/reconciliation.ts", from: "    if (!open) return;\n", to: "", first: 2 },
  {
    file: "engine/series.ts",
    from: "const retainedLatenesses = 1.25;",
    to: "const retainedLatenesses = 0.5;",
    first: 4,
  },
  {
    file: "conditions/schedule/weekly.ts",
    from: "const end = this.#zone.firstInstantAt(date * day + until);",
    to: "const end = start + until - from * minute;",
    first: 5,
  },
  { file: "conditions/schedule/weekly.ts", from: "to > from ? to * minute", to: "to >= from ? to * minute", first: 5 },
  {
    file: "conditions/window/outlooks.ts",
    from: "return value - error >= low && value + error < high;",
    to: "return value + error < high;",
    first: 6,
  },
  {
    file: "conditions/window/outlooks.ts",
    from: "if (this.#oldest === this.#newest) return false;",
    to: "if (this.#oldest === this.#newest) return this.take(value);",
    first: 6,
  },
];
