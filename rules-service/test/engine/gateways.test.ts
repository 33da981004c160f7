import { describe, expect, it } from "vitest";
import type { RuleChange } from "../../src/engine/engine.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, change, epoch0, second, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

const ownsGateway = (gateway: string): boolean => gateway !== "other";

/** A partition that the id of `g` belongs to, with a registered device that is heard through it, until 100. */
class Site {
  partition = new Partition(createPartitionEngine(0, { ownsGateway }));
  change: RuleChange;

  constructor(condition: Record<string, unknown> = { absent: "60s" }, rest: Record<string, unknown> = {}) {
    this.change = change({ id: "hot", condition, ...rest });
    const { partition } = this;
    partition.tick(0);
    partition.device("d", {});
    this.put(this.change);
    this.pass(0, 100, ["g"]);
  }

  put(made: RuleChange): void {
    this.change = made;
    all(this.partition.engine.applyRule(made, this.partition.effects));
  }

  /** Ticks, and marks of the gateways that are there; through `g` the device is heard. */
  pass(from: number, to: number, gateways: readonly string[]): void {
    for (let time = from; time <= to; time += 10) {
      for (const gateway of gateways) this.partition.mark(time, { gateway, forwarded: time });
      if (gateways.includes("g")) this.partition.read(time, 1);
      this.partition.tick(time);
    }
  }

  /** Another owner goes on with what this one has written. */
  restart(): void {
    const { partition } = this;
    const engine = createPartitionEngine(0, { ownsGateway });
    all(engine.restore({ offset: partition.log.next, ...taken(partition.engine, true) }));
    const { log } = partition;
    this.partition = Object.assign(new Partition(engine), { log });
    this.partition.device("d", {});
    this.put(this.change);
  }

  /** What was told since, in short. */
  get told(): string[] {
    return this.partition.alerts().map(({ kind, device, gateway, reason, at, cause, shadow }) => {
      const name = ["", "raised", "", "", "", "cleared"][kind!]!;
      const why = cause === "condition" ? "" : ` (${cause})`;
      return `${name}${shadow === true ? " in shadow" : ""} ${device}/${gateway}, ${reason} @${(at! - epoch0) / second}${why}`;
    });
  }
}

describe("the last gateway is killed", () => {
  it("which is told once, of the gateway, and of its return; its device is silent a whole time after that", () => {
    const site = new Site();
    site.pass(110, 155, []);
    expect(site.told).toEqual([]);
    site.pass(160, 1200, []);
    expect(site.told).toEqual(["raised g/g, gateway-offline @160"]);
    site.partition.mark(1210, { gateway: "g", forwarded: 1210 });
    expect(site.told).toEqual(["cleared g/g, gateway-offline @1210"]);
    for (let time = 1220; time <= 1300; time += 10) {
      site.partition.mark(time, { gateway: "g", forwarded: time });
      site.partition.tick(time);
    }
    expect(site.told).toEqual(["raised d/, device-silent @1270"]);
  });

  it("while another lives, and again after its return", () => {
    const site = new Site();
    site.pass(110, 200, ["h"]);
    site.pass(210, 250, ["g", "h"]);
    site.pass(260, 360, ["h"]);
    expect(site.told).toEqual([
      "raised g/g, gateway-offline @160",
      "cleared g/g, gateway-offline @210",
      "raised g/g, gateway-offline @310",
    ]);
  });

  it("and the rules are restarted, whenever that is", () => {
    for (const cut of [100, 110, 130, 140, 160, 170, 200, 300, 310]) {
      const site = new Site();
      const told: string[] = [];
      for (let time = 110; time <= 350; time += 10) {
        if (time === cut + 10) {
          told.push(...site.told);
          site.restart();
        }
        site.pass(time, time, time < 310 ? [] : ["g"]);
      }
      told.push(...site.told);
      const expected = ["raised g/g, gateway-offline @160", "cleared g/g, gateway-offline @310"];
      expect(told, `at ${cut}`).toEqual(expected);
    }
  });

  it("and asked for commands: a gateway takes none", () => {
    const site = new Site({ absent: "60s" }, { actions: [{ command: { name: "reset", ttl: "1h" } }] });
    site.pass(110, 200, []);
    expect(site.partition.effects.commands).toEqual([]);
    expect(site.told).toEqual(["raised g/g, gateway-offline @160"]);
  });
});

describe("an alert of a gateway", () => {
  it("is told by the owner of its id's partition alone", () => {
    const site = new Site();
    site.pass(110, 200, ["g", "other"]);
    site.pass(210, 400, ["g"]);
    expect(site.told).toEqual([]);
  });

  it("that a person clears is not told again before the gateway was back", () => {
    const site = new Site();
    site.pass(110, 200, []);
    const [alert] = site.partition.alerts();
    const hand = { kind: "cleared" as const, alertId: alert!.alertId!, rule: "hot", by: "somebody", writeId: "w" };
    site.partition.engine.applyOperatorAction(
      { ...hand, device: alert!.device!, at: epoch0 + 200 * second },
      site.partition.effects,
    );
    site.pass(210, 400, []);
    expect(site.told).toEqual([]);
    site.pass(410, 450, ["g"]);
    site.pass(460, 600, []);
    expect(site.told).toEqual(["raised g/g, gateway-offline @510"]);
  });

  it("ends with its rule, begins with it, and follows it out of the shadow", () => {
    const site = new Site();
    site.pass(110, 200, []);
    site.put({ ...site.change, mode: "disabled" });
    expect(site.told).toEqual([
      "raised g/g, gateway-offline @160",
      "cleared g/g, gateway-offline @200 (rule-disabled)",
    ]);
    site.change = { ...site.change, mode: "shadow" };
    site.partition.adopt(site.partition.warm(site.change));
    site.pass(210, 300, []);
    expect(site.told).toEqual(["raised in shadow g/g, gateway-offline @260"]);
    site.put({ ...site.change, mode: "live" });
    expect(site.told).toEqual(["raised g/g, gateway-offline @260"]);
  });

  it("is one of a rule on nothing but absence", () => {
    const site = new Site({ any: [{ absent: "60s" }, { metric: "t", above: 80 }] });
    site.pass(110, 300, []);
    expect(site.told).toEqual([]);
  });
});

describe("reasons", () => {
  it("without gateway-offline tell nothing while the gateway is away", () => {
    const site = new Site({ absent: "60s", reasons: ["device-silent"] });
    site.pass(110, 300, []);
    expect(site.told).toEqual([]);
  });

  it("without device-silent tell of gateways alone", () => {
    const site = new Site({ absent: "60s", reasons: ["gateway-offline"] });
    for (let time = 110; time <= 300; time += 10) {
      site.partition.mark(time, { gateway: "g", forwarded: time });
      site.partition.tick(time);
    }
    expect(site.told).toEqual([]);
    site.pass(310, 400, []);
    expect(site.told).toEqual(["raised g/g, gateway-offline @360"]);
  });

  it("with pipeline-lagging tell of a gateway that is behind, and of none of its devices", () => {
    const site = new Site({ absent: "60s", reasons: ["device-silent", "pipeline-lagging"] });
    for (let time = 110; time <= 300; time += 10) {
      site.partition.mark(100 + time / 100, { gateway: "g", appended: time, forwarded: time });
      site.partition.mark(time, { gateway: "h", forwarded: time });
      site.partition.tick(time);
    }
    expect(site.told).toEqual([expect.stringMatching(/^raised g\/g, pipeline-lagging @16\d/)]);
    site.pass(310, 310, ["g", "h"]);
    expect(site.told).toEqual([expect.stringMatching(/^cleared g\/g, pipeline-lagging|^cleared g\/g/)]);
  });
});
