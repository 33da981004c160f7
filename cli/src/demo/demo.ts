import { type ApiClient, ProblemError } from "@headwater/client";
import { type Logger, RequestError, SerialQueue } from "@headwater/core";
import { runInBackground, type BackgroundFleet } from "@headwater/device-sim";
import { fromHere } from "../text/from-here.ts";
import { demoDevices, demoFleet, demoRule, demoTag } from "./demo-fleet.ts";

export interface DemoState {
  readonly running: boolean;
  readonly devices: string[];
  readonly rule: string;
}

interface KnownDevice {
  readonly tags?: Readonly<Record<string, string>>;
}

const devicePath = (id: string): string => `/api/v1/devices/${encodeURIComponent(id)}`;
const rulePath = `/api/v1/rules/${demoRule.id}`;

/** A fleet that lives in this process, and one rule on it: they come together and go together. */
export class Demo {
  readonly #fleet = demoFleet();
  readonly #ids = demoDevices(this.#fleet);
  readonly #logger: Logger;
  readonly #turns = new SerialQueue();
  readonly #closing = new AbortController();
  #running: BackgroundFleet | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get state(): DemoState {
    return { running: this.#running !== undefined, devices: [...this.#ids], rule: demoRule.id };
  }

  /** Resolves when the fleet is connected and the rule is on; a demo that runs is left as it is. */
  start(api: ApiClient): Promise<DemoState> {
    return this.#turns.run(async () => {
      if (this.#running === undefined && !this.#closing.signal.aborted) await this.#begin(api);
      return this.state;
    });
  }

  /** Removes the fleet with what it has sent, and the rule, also those of a demo that ran before a restart. */
  remove(api: ApiClient): Promise<DemoState> {
    return this.#turns.run(async () => {
      const present = await this.#present(api);
      await this.#end();
      await api.request("DELETE", rulePath, undefined, [404]);
      for (const id of present) {
        await api.request("DELETE", `${devicePath(id)}?data=delete`, undefined, [404]);
      }
      return this.state;
    });
  }

  /** The fleet stands still; it stays, and so does the rule. */
  close(): Promise<void> {
    this.#closing.abort();
    return this.#turns.run(() => this.#end());
  }

  async #begin(api: ApiClient): Promise<void> {
    const url = await gatewayAddress(api);
    await this.#present(api);
    await api.request("POST", "/api/v1/rules", demoRule, [409]);
    await api.request("POST", `${rulePath}/enable`);
    const { signal } = this.#closing;
    const running = await runInBackground({ fleet: this.#fleet, target: { url }, api, signal });
    this.#running = running;
    running.ended.then(
      () => this.#forget(running),
      (error: unknown) => {
        // A fleet that was stopped has no say any more.
        if (this.#running === running) this.#logger.warn({ err: error }, "the demo fleet has ended");
        this.#forget(running);
      },
    );
  }

  #forget(ended: BackgroundFleet): void {
    if (this.#running === ended) this.#running = undefined;
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  /** @throws RequestError (409) for a device of somebody else's that has a name of the demo's */
  async #present(api: ApiClient): Promise<readonly string[]> {
    const present: string[] = [];
    for (const id of this.#ids) {
      let known: KnownDevice;
      try {
        known = await api.request<KnownDevice>("GET", devicePath(id));
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) continue;
        throw error;
      }
      if (known.tags?.[demoTag.name] !== demoTag.value) {
        const message = `The device ${id} is not of the demo (it has no tag ${demoTag.name}: ${demoTag.value})`;
        throw new RequestError(409, "demo-name-taken", `${message}; delete or rename it, or go without the demo`);
      }
      present.push(id);
    }
    return present;
  }
}

async function gatewayAddress(api: ApiClient): Promise<string> {
  const { mqtt = [] } = await api.call("GET", "/api/v1", {});
  const plain = mqtt.find((address) => address.startsWith("mqtt://"));
  if (plain !== undefined) return fromHere(plain);
  throw new RequestError(409, "demo-without-listener", "The demo's devices need a listener for MQTT over plain TCP");
}
