import type { EventLog, Following, FollowOptions } from "../../src/event-log.ts";
import { LogUnavailableError } from "../../src/errors.ts";

/** A real log behind a line that can be cut. */
export class FlakyLog implements Pick<EventLog, "follow" | "positions"> {
  readonly #log: EventLog;
  readonly #cuts = new Set<() => void>();
  #away = false;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Every call is refused, and every following ends, as when a broker goes away. */
  goAway(): void {
    this.#away = true;
    for (const cut of this.#cuts) cut();
  }

  comeBack(): void {
    this.#away = false;
  }

  async positions(topic: string) {
    this.#refuseIfAway();
    return this.#log.positions(topic);
  }

  async follow(options: FollowOptions): Promise<Following> {
    this.#refuseIfAway();
    const following = await this.#log.follow(options);
    let cut!: () => void;
    const lost = new Promise<never>((_resolve, reject) => {
      cut = () => {
        reject(new LogUnavailableError("the line was cut"));
        void following.close();
      };
    });
    this.#cuts.add(cut);
    return { done: Promise.race([following.done, lost]), close: () => following.close() };
  }

  #refuseIfAway(): void {
    if (this.#away) throw new LogUnavailableError("the log is away");
  }
}
