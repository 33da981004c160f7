import type { Profile } from "../fleet/profile.ts";
import type { Readings } from "../payloads/payload.ts";
import { Random } from "../signals/random.ts";
import type { Signal, Value } from "../signals/signal.ts";
import { CommandExpectation } from "./command-expectation.ts";
import type { LoadContext } from "./load-context.ts";
import { MessageLog } from "./message-log.ts";
import { Threshold } from "./threshold.ts";

/** What measures under an id of its own: what it has sent, and what its values call for. */
export class MeasuredDevice {
  readonly id: string;
  readonly log: MessageLog;
  readonly alerts: readonly Threshold[];
  readonly commands: readonly CommandExpectation[];
  readonly #signals: readonly (readonly [string, Signal])[];

  constructor(id: string, profile: Profile, context: LoadContext) {
    this.id = id;
    this.log = new MessageLog(context.keepsReadings);
    this.#signals = profile.metrics.map(([name, maker]) => [name, maker(new Random(context.seed, id, name))]);
    this.alerts = context.expectedAlerts.map((each) => new Threshold(each));
    this.commands = context.expectedCommands.map((each) => new CommandExpectation(each));
  }

  /** undefined: all of its sensors are silent. `elapsed`: milliseconds since the fleet began. */
  measure(elapsed: number, due: number): Readings | undefined {
    const readings: (readonly [string, Value])[] = [];
    for (const [name, signal] of this.#signals) {
      const value = signal.next(elapsed, due);
      if (value !== undefined) readings.push([name, value]);
    }
    return readings.length === 0 && this.#signals.length > 0 ? undefined : readings;
  }
}
