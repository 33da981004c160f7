import { describe, expect, it } from "vitest";
import { alertTransition } from "@headwater/proto";
import { commandIdOf } from "../../src/engine/alert-ids.ts";
import { all, at, change, Collected, numbersOf, second, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

const hot = { above: { warning: 80, critical: 90 } };
const minutes = (count: number): number => count * 60;
const command = { command: { name: "sound", ttl: "60s" }, repeat: "15m" };

/** `0@0, 1@900, 2/1@960…`: the repetitions since the last call, and when they were done. */
function repetitions({ effects }: { effects: Collected }): string[] {
  return effects.take().flatMap((told) => {
    const cause = told.command?.requested?.cause;
    if (cause != null) return `${cause.repetition}@${(cause.time! - at(0)) / second}`;
    const { alert } = told;
    if (alert?.kind !== alertTransition.repeated) return [];
    return `${alert.transition}/${alert.repetition}@${(alert.at! - at(0)) / second}`;
  });
}

/** Raised at minute 0. */
function raised(actions: readonly object[] = [command], rest: object = {}): Partition {
  const p = new Partition();
  p.rule(hot, { actions, ...rest });
  p.tick(-1);
  p.read(-1, 20);
  p.read(0, 85);
  return p;
}

function pass(p: Partition, from: number, to: number): void {
  for (let minute = from; minute <= to; minute += 1) p.tick(minutes(minute));
}

describe("an action with repeat", () => {
  it("is done again on the log's clock while the episode is open, each under an id of its own", () => {
    const p = raised();
    pass(p, 1, 46);
    const ids = p.effects.commands.map(({ commandId }) => commandId);
    const { alertId } = p.effects.alerts[0]!;
    expect(ids).toEqual(
      [0, 1, 2, 3].map((repetition) => commandIdOf(alertId!, 1, numbersOf([command])[0]!, repetition)),
    );
    expect(repetitions(p)).toEqual(["0@0", "1@900", "2@1800", "3@2700"]);
    p.read(minutes(47), 20);
    pass(p, 48, 90);
    expect(repetitions(p)).toEqual([]);
  });

  it("is done once of all that is overdue: the latest", () => {
    const p = raised();
    p.tick(minutes(100));
    expect(repetitions(p)).toEqual(["0@0", "6@6000"]);
    pass(p, 101, 106);
    expect(repetitions(p)).toEqual(["7@6300"]);
  });

  it("is given up where the next is due before it is sent", () => {
    const p = raised([{ command: { name: "sound", ttl: "1h" }, repeat: "15m" }]);
    p.tick(minutes(20));
    const lives = p.effects.commands.map(({ requested }) => requested!.ttlMs);
    expect(lives).toEqual([minutes(15) * 1000, minutes(10) * 1000]);
  });

  it("is quiet once somebody has acknowledged the alert, unless it says otherwise", () => {
    const p = raised([
      command,
      { ...command, repeatAcknowledged: true },
      { webhook: { urlSecret: "a" }, repeat: "20m" },
    ]);
    const { alertId } = p.effects.alerts[0]!;
    pass(p, 1, 21);
    expect(repetitions(p)).toEqual(["0@0", "0@0", "1@900", "1@900", "1/1@1200"]);
    p.hand(alertId!, minutes(22), "acknowledged");
    pass(p, 22, 61);
    expect(repetitions(p)).toEqual(["2@1800", "3@2700", "4@3600"]);
  });

  it("is held back by a snooze, and counts anew from its end", () => {
    const p = raised();
    pass(p, 1, 10);
    p.snooze(minutes(50));
    pass(p, 11, 66);
    expect(repetitions(p)).toEqual(["0@0", "0@3000", "1@3900"]);
  });

  it("counts anew from an escalation that it answers, and goes on through one that it does not", () => {
    const p = raised([{ ...command, on: ["raised", "escalated"] }, command]);
    pass(p, 1, 9);
    p.read(minutes(10), 95);
    pass(p, 11, 26);
    expect(repetitions(p)).toEqual(["0@0", "0@0", "0@600", "1@900", "1@1500"]);
  });

  it("ends with the episode, whoever ends it", () => {
    const ends: readonly ((p: Partition) => void)[] = [
      (p) => p.hand(p.effects.alerts[0]!.alertId!, 60),
      (p) => p.rule(hot, { actions: [command] }, "disabled"),
      (p) => p.rule(hot, { actions: [command] }, "shadow"),
      (p) => p.device("d", undefined, 1),
    ];
    for (const end of ends) {
      const p = raised();
      end(p);
      p.effects.take();
      pass(p, 1, 60);
      expect(repetitions(p)).toEqual([]);
    }
  });

  it("is not done for an episode in shadow, nor for one of which late data tell after its end", () => {
    const shadow = new Partition();
    shadow.rule(hot, { actions: [command] }, "shadow");
    shadow.read(0, 85);
    pass(shadow, 1, 60);
    expect(repetitions(shadow)).toEqual([]);
    const late = new Partition();
    late.rule(hot, { actions: [command], lateness: "1m" });
    late.read(0, 20);
    late.read(20, 20);
    late.read(10, 85, { received: 21, appended: 21 });
    pass(late, 1, 60);
    expect(repetitions(late)).toEqual([]);
  });

  it("goes on under a revision that keeps the episode open", () => {
    const p = raised();
    pass(p, 1, 20);
    p.rule(hot, { actions: [command], name: "another" }, "live", 2);
    pass(p, 21, 31);
    // Another condition, which holds as well.
    p.rule({ op: ">", threshold: 70 }, { actions: [command] }, "live", 3);
    pass(p, 32, 46);
    expect(repetitions(p)).toEqual(["0@0", "1@900", "2@1800", "3@2700"]);
  });

  it("follows a revision that repeats at another pace, no more, or only now", () => {
    const p = raised([{ command: { name: "sound" } }]);
    p.effects.take();
    p.tick(minutes(20));
    p.rule(hot, { actions: [command] }, "live", 2);
    pass(p, 21, 36);
    p.rule(hot, { actions: [{ ...command, repeat: "5m" }] }, "live", 3);
    pass(p, 37, 41);
    p.rule(hot, { actions: [{ command: command.command }] }, "live", 4);
    pass(p, 42, 80);
    p.rule(hot, { actions: [command] }, "live", 5);
    pass(p, 81, 96);
    expect(repetitions(p)).toEqual(["1@2100", "2@2400", "3@5700"]);
  });

  it("goes on where others are put before it, and where the list is in another order", () => {
    const other = { command: { name: "blink", ttl: "60s" }, repeat: "10m" };
    const once = { command: { name: "tell" } };
    const plain = raised([command, other]);
    const revised = raised([command, other]);
    for (const p of [plain, revised]) pass(p, 1, 16);
    revised.rule(hot, { actions: [once, other, command] }, "live", 2);
    for (const p of [plain, revised]) pass(p, 17, 46);
    const ids = (p: Partition) => p.effects.commands.map(({ commandId }) => commandId!).toSorted();
    expect(ids(revised)).toEqual(ids(plain));
    expect(new Set(ids(plain)).size).toBe(2 + 3 + 4);
  });

  it("of a revision that has actions by their places goes on under one that has not, whatever their order", () => {
    const other = { webhook: { urlSecret: "a" }, repeat: "10m" };
    const p = new Partition();
    const former = change({ id: "hot", condition: { metric: "t", ...hot }, actions: [command, other] });
    all(p.engine.applyRule({ ...former, actionsByPlace: true }, p.effects));
    p.tick(-1);
    p.read(0, 85);
    pass(p, 1, 16);
    const { alertId } = p.effects.alerts[0]!;
    const places = [0, 1].map((repetition) => commandIdOf(alertId!, 1, 0, repetition));
    expect(p.effects.commands.map(({ commandId }) => commandId)).toEqual(places);
    expect(repetitions(p)).toEqual(["0@0", "1/1@600", "1@900"]);
    p.rule(hot, { actions: [other, command] }, "live", 2);
    pass(p, 17, 31);
    const [number] = numbersOf([command]);
    expect(p.effects.commands.map(({ commandId }) => commandId)).toEqual([commandIdOf(alertId!, 1, number!, 2)]);
    expect(repetitions(p)).toEqual(["1/2@1200", ...["1/3@1800", "2@1800"]].sort());
  });

  it("is told to those beyond the platform as what it repeats", () => {
    const p = raised([{ webhook: { urlSecret: "a" }, on: ["escalated"], repeat: "15m" }, { email: { to: ["a@b.c"] } }]);
    p.read(60, 95);
    p.effects.take();
    pass(p, 2, 16);
    const { alert } = p.effects.all[0]!;
    expect(alert).toMatchObject({ transition: 2, repetition: 1, severity: "critical", raisedAt: at(0) });
    expect(repetitions(p)).toEqual(["2/1@960"]);
  });

  it("is the same with every owner, from whatever checkpoint they go on", () => {
    const actions = [command, { webhook: { urlSecret: "a" }, repeat: "7m" }];
    const made = change({ id: "hot", condition: { metric: "t", ...hot }, actions });
    const whole = raised(actions);
    for (let minute = 1; minute <= 40; minute += 1) whole.tick(minutes(minute) + 1);
    const told = whole.effects.take();
    expect(told.length).toBeGreaterThan(7);
    for (let cut = 1; cut < whole.log.next; cut += 1) {
      const first = new Partition();
      for (const _ of first.engine.applyRule(made, first.effects));
      const { entries } = whole.log;
      for (const entry of entries.slice(0, cut)) first.engine.applyRecord(entry.record, entry.at, first.effects);
      const { states, checkpoint } = taken(first.engine, cut % 2 === 0);
      const second_ = new Partition();
      all(second_.engine.restore({ offset: cut, states, checkpoint }));
      for (const _ of second_.engine.applyRule(made, new Collected()));
      for (const entry of entries.slice(cut)) second_.engine.applyRecord(entry.record, entry.at, first.effects);
      expect(first.effects.take()).toEqual(told);
    }
  });

  it("begins with the adoption of a rule that was warmed, however long the episode is open by then", () => {
    const p = new Partition();
    p.read(0, 85);
    pass(p, 1, 100);
    const made = change({ id: "hot", condition: { metric: "t", ...hot }, actions: [command] });
    p.adopt(p.warm(made));
    pass(p, 101, 116);
    // The command of the raise itself has expired long since.
    expect(repetitions(p)).toEqual(["0@0", "1@6900"]);
  });
});
