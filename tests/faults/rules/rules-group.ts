import { nowMicros } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { RulesProcess } from "../../../rules-service/test/support/rules-process.ts";
import type { Outcome } from "./outcome.ts";
import type { Told } from "./told.ts";

/** For what has to come, on a busy machine (milliseconds). */
const patienceMs = 120_000;

/** µs on the wall clock, from the fault until everything goes on as before it. */
export interface FaultWindow {
  readonly fault: string;
  readonly from: number;
  readonly to: number;
}

export interface RulesGroupOptions {
  readonly size: number;
  readonly partitions: number;
  readonly outcome: Outcome;
  readonly told: Told;
  readonly start: (instance: number) => Promise<RulesProcess>;
}

/** Instances of the rules service that share the partitions evenly, and what befalls them. */
export class RulesGroup {
  readonly windows: FaultWindow[] = [];
  readonly #options: RulesGroupOptions;
  readonly #members: RulesProcess[] = [];

  constructor(options: RulesGroupOptions) {
    this.#options = options;
  }

  member(instance: number): RulesProcess {
    return this.#members[instance]!;
  }

  async start(): Promise<void> {
    for (let instance = 0; instance < this.#options.size; instance += 1) {
      this.#members.push(await this.#options.start(instance));
    }
    await this.#untilShared();
  }

  async clear(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.clear()));
  }

  /** Those are killed at once, and started again when the others have taken over. */
  async kill(instances: readonly number[]): Promise<void> {
    await this.#during(`kill -9 of ${instances.join(" and ")}`, async (from) => {
      for (const instance of instances) this.#members[instance]!.signal("SIGKILL");
      await Promise.all(instances.map((instance) => this.#members[instance]!.ended()));
      await this.#untilAllGoOn(from);
      for (const instance of instances) this.#members[instance] = await this.#options.start(instance);
    });
  }

  /** It stands still until others have its partitions, and wakes believing that they are its own. */
  async standStill(instance: number): Promise<void> {
    await this.#during(`SIGSTOP of ${instance}`, async () => {
      const member = this.#members[instance]!;
      member.signal("SIGSTOP");
      // What it had sent is in the log.
      await delay(1000);
      await this.#untilAllGoOn(nowMicros());
      member.signal("SIGCONT");
    });
  }

  /** It leaves as it should, and comes back: two rebalances. */
  async restart(instance: number): Promise<void> {
    await this.#during(`SIGTERM of ${instance}`, async (from) => {
      const member = this.#members[instance]!;
      member.signal("SIGTERM");
      expect(await member.ended(), member.output.join("\n")).toEqual([0, null]);
      await this.#untilAllGoOn(from);
      this.#members[instance] = await this.#options.start(instance);
    });
  }

  async #during(fault: string, work: (from: number) => Promise<void>): Promise<void> {
    const from = nowMicros();
    await work(from);
    await this.#untilShared();
    await this.#untilAllGoOn(nowMicros());
    this.windows.push({ fault, from, to: nowMicros() });
  }

  /** Up to which time (µs) every kind of output of every partition is told, in the log and to the receiver. */
  get toldTo(): number {
    const { partitions, outcome, told } = this.#options;
    const kinds = [...Object.values(outcome.upTo), told.upTo];
    const all = Array.from({ length: partitions }, (_, partition) => kinds.map((upTo) => upTo.get(partition) ?? 0));
    return Math.min(...all.flat());
  }

  /** Until every partition told what was read after that time, in each way: all that came before is behind it. */
  async #untilAllGoOn(from: number): Promise<void> {
    await eventually(() => expect(this.toldTo).toBeGreaterThan(from), patienceMs);
  }

  /** Until each has its share: one that has not noticed yet that it lost its own keeps the sum too high. */
  async #untilShared(): Promise<void> {
    const { size, partitions } = this.#options;
    await eventually(async () => {
      const owned = await Promise.all(
        this.#members.map(async (member) => {
          const text = await (await member.fetch("/metrics", { signal: AbortSignal.timeout(5000) })).text();
          return Number(/^headwater_rules_partitions\S* (\d+)/m.exec(text)?.[1]);
        }),
      );
      expect(owned).toEqual(Array.from({ length: size }, () => partitions / size));
    }, patienceMs);
  }
}
