/** Changes to the engine's sources, each of which makes it wrong. `from` stands exactly once in the file. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const mutants: readonly Mutant[] = [
  {
    file: "fold.ts",
    from: "if (due > upTo || (due === upTo && !inclusive)",
    to: "if (due > upTo || (due === upTo && inclusive)",
  },
  {
    file: "fold.ts",
    from: "const after = take(rule, before, reading, on);",
    to: "const after = take(rule, state, reading, on);",
  },
  { file: "fold.ts", from: "const left = Math.max(1, grade);", to: "const left = Math.max(2, grade);" },
  { file: "fold.ts", from: "if (grade === -1) {", to: "if (grade <= 0) {" },
  {
    file: "fold.ts",
    from: "now.runs[target]!.time + rule.holdFor <= due) target++",
    to: "now.runs[target]!.time + rule.holdFor < due) target++",
  },
  {
    file: "fold.ts",
    from: "const runs = state.runs.slice(0, Math.max(0, grade));",
    to: "const runs = state.runs.slice();",
  },
  { file: "fold.ts", from: "Math.min(rule.times, counts[i]! + 1)", to: "Math.min(rule.times, counts[i]! + 2)" },
  {
    file: "fold.ts",
    from: "if (counting) (counts as number[]).push(1);",
    to: "if (counting) (counts as number[]).push(0);",
  },
  {
    file: "fold.ts",
    from: "return raised ? { ...state, level, raisedAt: at, armed }",
    to: "return raised ? { ...state, level: 1, raisedAt: at, armed }",
  },
  { file: "fold.ts", from: "if (left >= level) return state;", to: "return state;" },
  { file: "cell.ts", from: "if (reading.time <= this.firedTo) {", to: "if (reading.time < this.firedTo) {" },
  {
    file: "cell.ts",
    from: "newest.time - this.rule.lateness;\n    if (reading.time <=",
    to: "newest.time - this.rule.lateness;\n    if (reading.time <",
  },
  { file: "cell.ts", from: "this.firedTo = Math.max(this.firedTo, upTo);", to: "" },
  {
    file: "cell.ts",
    from: "return this.state === this.#footed ? nextChange(this.rule, this.state) : -Infinity;",
    to: "return nextChange(this.rule, this.state);",
  },
  {
    file: "cell.ts",
    from: "if (retracted) return isAfter(armed, position) || isRunning(armed);",
    to: "if (retracted) return isAfter(armed, position);",
  },
  { file: "cell.ts", from: "return end === undefined || isAfter(end, position);", to: "return end === undefined;" },
  { file: "cell.ts", from: "index: next.index - 1 };", to: "index: next.index };" },
  { file: "cell.ts", from: "state = elapse(rule, state, sure, true, previous, undefined, outcomes.on);", to: "" },
  {
    file: "telling.ts",
    from: "if (episode === undefined) discover(cell, outcome, teller);",
    to: "if (episode === undefined) continue;",
  },
  {
    file: "telling.ts",
    from: '  teller.tell(rule, series.device, episode, { ...common, kind: "raised", at: outcome.raisedAt });\n  [episode',
    to: '  teller.tell(rule, series.device, episode, { ...common, kind: "raised", at: outcome.raisedAt });\n  teller.act(rule, series.device, episode, outcome.armed);\n  [episode',
  },
  { file: "telling.ts", from: "for (const episode of lost) retract(cell, episode, teller);", to: "" },
  { file: "episode.ts", from: "(episode, index) => episode.born === names[index],", to: "" },
  { file: "episode.ts", from: "(episode, index) => !episode.retracted && overlap(episode, outcomes[index]!),", to: "" },
  {
    file: "evaluator.ts",
    from: "&& time < nextChanges[slot]!) continue;",
    to: "&& time <= nextChanges[slot]!) continue;",
  },
  {
    file: "evaluator.ts",
    from: "if (previous !== undefined && reading.time < previous.time) {",
    to: "if (previous !== undefined && reading.time <= previous.time) {",
  },
  {
    file: "evaluator.ts",
    from: "readings.prune(reading.time - metric.lateness);",
    to: "readings.prune(reading.time);",
  },
  {
    file: "evaluator.ts",
    from: "this.identities.accept(record.gateway, record.epoch, record.n)",
    to: "this.identities.accept(record.gateway, record.epoch, record.n) !== undefined",
  },
  {
    file: "evaluator.ts",
    from: "if (!series.cells.has(rule.id) && rule.grader.grade(reading.value) === -1) {",
    to: "if (!series.cells.has(rule.id)) {",
  },
  {
    file: "evaluator.ts",
    from: "      this.clock.observe(record, at.appendTime);\n      if (record.readings.length > 0) this.#readings(record, at);",
    to: "      if (record.readings.length > 0) this.#readings(record, at);",
  },
  {
    file: "evaluator.ts",
    from: "      if (record.readings.length > 0) this.#readings(record, at);\n      this.timers.fire(this.clock, this.#fire);",
    to: "      this.timers.fire(this.clock, this.#fire);\n      if (record.readings.length > 0) this.#readings(record, at);",
  },
  { file: "cell.ts", from: "if (sure <= this.firedTo) break;", to: "break;" },
  { file: "gateway-clock.ts", from: "&& each.skew < skew);", to: "&& each.skew > skew);" },
  { file: "gateway-clock.ts", from: "each.minute > now - skewMinutes", to: "each.minute >= now - skewMinutes" },
  { file: "gateway-clock.ts", from: "Math.min(receivedAt + this.skew, appendTime)", to: "receivedAt + this.skew" },
  { file: "gateway-clock.ts", from: "lastTick - this.corrected > longestStraggle", to: "false" },
  { file: "gateway-clock.ts", from: "return this.epoch === epoch;", to: "return true;" },
  { file: "gateway-clock.ts", from: "Math.min(time + away, atMost)", to: "time" },
  { file: "clock.ts", from: "mark.forwardedAt === 0 ? receivedAt : mark.forwardedAt", to: "receivedAt" },
  { file: "clock.ts", from: "this.#lastTick - time.heardAt > silence", to: "this.#lastTick - time.heardAt >= silence" },
  {
    file: "clock.ts",
    from: "this.#now = Math.max(this.#now, slowest.corrected);",
    to: "this.#now = slowest.corrected;",
  },
  {
    file: "clock.ts",
    from: "time.corrected < slowest.corrected)) slowest",
    to: "time.corrected > slowest.corrected)) slowest",
  },
  {
    file: "clock.ts",
    from: "if (this.#slowest === undefined && appendTime > this.#now) this.#now = appendTime;",
    to: "",
  },
  {
    file: "clock.ts",
    from: "return time === undefined || !time.isLive ? this.#now : Math.min(this.#now, time.corrected);",
    to: "return this.#now;",
  },
  { file: "clock.ts", from: "return Math.min(receivedAt + time.skew, appendTime);", to: "return receivedAt;" },
  {
    file: "fold.ts",
    from: "return run.logTime + rule.holdFor + rule.lateness;",
    to: "return run.logTime + rule.holdFor;",
  },
  {
    file: "fold.ts",
    from: "return run.logTime + rule.holdFor + rule.lateness;",
    to: "return run.time + rule.holdFor + rule.lateness;",
  },
  {
    file: "timer-heap.ts",
    from: "if (child + 1 < timers.length && sooner(timers[child + 1]!, timers[child]!)) child++;",
    to: "",
  },
  { file: "identities.ts", from: "if (n <= lane.last) {", to: "if (n < lane.last) {" },
  { file: "reading.ts", from: "if (a.time !== b.time) return a.time > b.time;", to: "" },
  { file: "teller.ts", from: "episode.told++;", to: 'episode.told += kind === "cleared" ? 2 : 1;' },
];
