import { nowMicros, sleep } from "@headwater/core";
import { Fleet, type FleetOptions } from "../../../rules-service/test/support/fleet.ts";

const second = 1_000_000;
/** Steps of the script; each device is hot in the first `hotFor` of its own. */
const period = 12;
const hotFor = 2;
/** Devices go in this many levels of heat. */
export const levels = 3;
/** What a hot device reads at least. */
export const hottest = 101;
export const cold = 50;
/** Steps that nothing was told of yet: more than a fault takes, and not more than a busy machine bears. */
const mostAhead = 20;
/** Records of one append. */
const appendedAtOnce = 1000;

export interface Step {
  /** µs */
  readonly time: number;
  /** Of each device. */
  readonly value: (device: number) => number;
}

/** Every device reads `t` once a step, hot and cold by turns; what it read when is kept. */
export class ScriptedLoad {
  readonly steps: Step[] = [];
  readonly devices: readonly string[];
  readonly #fleet: Fleet;
  readonly #stepMs: number;
  readonly #heardTo: () => number;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  /** `heardTo`: up to which time (µs) something was told of every partition. */
  constructor(fleet: FleetOptions, devices: readonly string[], stepMs: number, heardTo: () => number) {
    this.#fleet = new Fleet(fleet);
    this.devices = devices;
    this.#stepMs = stepMs;
    this.#heardTo = heardTo;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** All devices are cold at the end, for longer than anything waits. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#step(() => cold);
    await this.#fleet.mark();
  }

  /** The time of a device's reading in a step: no two devices share one. */
  timeOf(step: Step, device: number): number {
    return step.time + device;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const step = this.steps.length;
      if (this.#isAhead()) {
        await sleep(100, this.#stop.signal).catch(() => {});
        continue;
      }
      await this.#step((device) => ((step + device) % period < hotFor ? hottest + (device % levels) : cold));
      await sleep(this.#stepMs, this.#stop.signal).catch(() => {});
    }
  }

  #isAhead(): boolean {
    const oldest = this.steps.at(-mostAhead);
    return oldest !== undefined && oldest.time > this.#heardTo();
  }

  async #step(value: Step["value"]): Promise<void> {
    // A while ago, so that no reading is ahead of the log, and each is judged at its own time.
    const step = { time: nowMicros() - 2 * second, value };
    this.steps.push(step);
    const records = this.devices.map(
      (device, index) => this.#fleet.record(device, "t", value(index), this.timeOf(step, index)).record,
    );
    for (let from = 0; from < records.length; from += appendedAtOnce) {
      await this.#fleet.append(records.slice(from, from + appendedAtOnce));
    }
    await this.#fleet.mark();
  }
}
