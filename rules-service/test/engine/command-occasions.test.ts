import { describe, expect, it } from "vitest";
import { commandIdOf } from "../../src/engine/alert-ids.ts";
import { all, at, change, numbersOf, second, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

const condition = { above: { warning: 80, critical: 90 } };
const every = ["raised", "escalated", "deescalated", "acknowledged", "cleared", "retracted"];

/** A rule whose commands are called what they answer. */
const actions = every.map((trigger) => ({ command: { name: trigger, ttl: "60s" }, on: [trigger] }));

/** The names of the commands since the last call. */
function commands(p: Partition): string[] {
  return p.effects.take().flatMap(({ command }) => command?.requested?.name ?? []);
}

function begun(mode: "live" | "shadow" = "live"): { readonly p: Partition; readonly alert: string } {
  const p = new Partition();
  p.rule(condition, { actions, lateness: "1m" }, mode);
  p.tick(0);
  p.read(0, 20);
  p.read(10, 85);
  const alert = p.effects.alerts[0]!.alertId!;
  expect(commands(p)).toEqual(mode === "live" ? ["raised"] : []);
  return { p, alert };
}

describe("commands answer what `on` names", () => {
  it("an escalation, a de-escalation and the end", () => {
    const { p } = begun();
    p.read(20, 95);
    p.read(30, 85);
    p.read(40, 20);
    expect(commands(p)).toEqual(["escalated", "deescalated", "cleared"]);
  });

  it("one action of several occasions once a transition, under an id of its transition", () => {
    const p = new Partition();
    const several = [{ command: { name: "tell" }, on: ["raised", "escalated", "cleared"] }];
    p.rule(condition, { actions: several });
    p.read(10, 85);
    p.read(20, 95);
    p.read(30, 85);
    p.read(40, 20);
    const { alertId } = p.effects.alerts[0]!;
    expect(p.effects.commands.map(({ commandId }) => commandId)).toEqual(
      [1, 2, 4].map((transition) => commandIdOf(alertId!, transition, numbersOf(several)[0]!)),
    );
  });

  it("an acknowledgement by what whoever wrote it knew, whatever was told since", () => {
    for (const [seen, answers] of [
      [1, []],
      [2, ["acknowledged"]],
    ] as const) {
      const p = new Partition();
      p.rule(condition, { actions });
      p.tick(0);
      p.snooze(30);
      p.read(10, 85);
      p.tick(30);
      const { alertId } = p.effects.alerts[0]!;
      expect(commands(p)).toEqual(["raised"]);
      // After a restart as well.
      const again = new Partition();
      all(again.engine.restore({ offset: p.log.next, ...taken(p.engine, true) }));
      again.rule(condition, { actions });
      for (const each of [p, again]) {
        each.hand(alertId!, 29, "acknowledged", seen);
        expect(commands(each)).toEqual(answers);
      }
    }
  });

  it("an acknowledgement, under the id of who wrote it", () => {
    const { p, alert } = begun();
    p.hand(alert, 20, "acknowledged");
    const [command] = p.effects.commands;
    expect(command!.commandId).toBe(commandIdOf(alert, "acknowledged@20", numbersOf(actions)[3]!));
    expect(command!.requested).toMatchObject({ name: "acknowledged", cause: { time: at(20), alertId: alert } });
    p.effects.take();
    p.read(30, 20);
    expect(commands(p)).toEqual(["cleared"]);
  });

  it("nothing of another alert, or of one that is over", () => {
    const { p, alert } = begun();
    p.hand("another", 20, "acknowledged");
    p.read(20, 20);
    p.effects.take();
    p.hand(alert, 30, "acknowledged");
    p.hand(alert, 30);
    expect(commands(p)).toEqual([]);
  });
});

describe("`on: [cleared]` answers every end of an episode, once", () => {
  const rest = { actions, lateness: "1m", selector: { types: ["boiler"] } };
  const ends: Readonly<Record<string, (p: Partition, alert: string) => void>> = {
    "the condition": (p) => p.read(20, 20),
    "a person": (p, alert) => p.hand(alert, 20),
    "the rule is disabled": (p) => p.rule(condition, rest, "disabled"),
    "the rule is deleted": (p) => p.rule(condition, rest, "deleted"),
    "the rule goes into shadow": (p) => p.rule(condition, rest, "shadow"),
    "the rule is another": (p) => p.rule({ above: { warning: 800 } }, rest, "live", 2),
    "the device is deleted": (p) => p.device("d", undefined, 1),
    "the device is not selected any more": (p) => p.device("d", { type: "other" }),
  };
  it.each(Object.entries(ends))("%s", (_name, end) => {
    const p = new Partition();
    p.device("d", { type: "boiler" });
    p.rule(condition, rest);
    p.tick(0);
    p.read(10, 85);
    const alert = p.effects.alerts[0]!.alertId!;
    p.effects.take();
    end(p, alert);
    expect(commands(p)).toEqual(["cleared"]);
    p.read(30, 20);
    p.hand(alert, 40);
    expect(commands(p)).toEqual([]);
  });

  it("a retraction, which is told as one first", () => {
    const p = new Partition();
    const both = { command: { name: "both" }, on: ["cleared", "retracted"] };
    p.rule({ op: ">", threshold: 80, for: "10s" }, { actions: [...actions, both], lateness: "1m" });
    p.mark(0);
    p.read(0, 85);
    p.mark(30);
    expect(commands(p)).toEqual(["raised"]);
    // It was never hot for ten seconds.
    p.read(5, 20, { received: 31, appended: 31 });
    const told = p.effects.commands;
    expect(commands(p)).toEqual(["cleared", "retracted", "both"]);
    for (const { requested } of told) expect(requested!.cause!.time).toBe(at(31));
  });

  it("not of an episode that was over when it was found, nor of one in shadow", () => {
    const p = new Partition();
    p.rule(condition, { actions, lateness: "1m" });
    p.read(0, 20);
    p.read(20, 20);
    p.read(10, 85, { received: 21, appended: 21 });
    expect(p.emitted()).toEqual(["raised warning @10 (amended)", "cleared @20 (amended)"]);
    const shadow = begun("shadow");
    shadow.p.read(20, 20);
    expect(commands(shadow.p)).toEqual([]);
  });

  it("once, whatever late data make of the end", () => {
    const { p } = begun();
    p.read(20, 20);
    expect(commands(p)).toEqual(["cleared"]);
    p.read(15, 20, { received: 25, appended: 25 });
    p.read(12, 20, { received: 26, appended: 26 });
    expect(commands(p)).toEqual([]);
  });

  it("is for the device that the alert was about, not for the next one of its id", () => {
    const p = new Partition();
    p.device("d", {});
    p.rule(condition, { actions });
    p.read(10, 85);
    p.effects.take();
    p.device("d", {}, 1);
    expect(p.effects.commands.map(({ requested }) => [requested!.name, requested!.life])).toEqual([["cleared", 1]]);
  });

  it("whoever owns the partition by then", () => {
    const { p } = begun();
    const { states, checkpoint } = taken(p.engine, true);
    const restarted = new Partition();
    all(restarted.engine.restore({ offset: p.log.next, states, checkpoint }));
    const rule = change({ id: "hot", condition: { metric: "t", ...condition }, actions, lateness: "1m" });
    for (const _ of restarted.engine.applyRule(rule, restarted.effects));
    for (const { record } of p.log.entries) restarted.log.append(record as never, 0);
    for (let n = 0; n < 2; n++) restarted.log.n("g");
    restarted.read(20, 20);
    expect(commands(restarted)).toEqual(["cleared"]);
  });
});

it("the end of an episode counts from when it was known to be over", () => {
  const { p } = begun();
  p.tick(400);
  p.rule(condition, { actions }, "disabled");
  const [command] = p.effects.commands;
  expect((command!.requested!.cause!.time! - at(0)) / second).toBe(400);
});
