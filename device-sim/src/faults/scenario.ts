import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "@headwater/core";
import { SimulationError } from "../errors.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { Random } from "../signals/random.ts";
import type { Expectation } from "../verdict/verdict.ts";
import type { PlannedFault } from "../fleet/planned-faults.ts";
import { Hop } from "./hop.ts";
import { LocalProcess } from "./local-process.ts";

/** A fault as it was made, for the report. */
export interface InjectedFault {
  readonly seconds: number;
  readonly text: string;
}

/** What a fleet's file says beside its devices: processes and hops that run with it, and what is done to them. */
export class Scenario {
  /** In the order in which they were made. */
  readonly injected: InjectedFault[] = [];
  readonly #fleet: Fleet;
  readonly #folder: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #processes = new Map<string, LocalProcess>();
  readonly #hops = new Map<string, Hop>();
  /** Of each process, what is done to it by now: one thing at a time. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #over = new AbortController();
  #failure: string | undefined;
  #injecting: Promise<unknown> = Promise.resolve();

  private constructor(fleet: Fleet, ports: ReadonlyMap<string, number>) {
    this.#fleet = fleet;
    this.#ports = ports;
    this.#folder = mkdtempSync(join(tmpdir(), "headwater-scenario-"));
  }

  /** Has a folder and ports for what will run; `end` removes it. */
  static async of(fleet: Fleet): Promise<Scenario> {
    const { processes, hops, target } = fleet.spec;
    const names = JSON.stringify([processes, hops, target]).matchAll(/\{port:([\w.-]+)\}/g);
    return new Scenario(fleet, await freePorts([...names].map(([, name]) => name!)));
  }

  /**
   * `mqttUrl`: the broker behind a hop that does not say where it leads.
   * @throws SimulationError for a process that does not start, or an address that is taken.
   */
  async start(mqttUrl: string, signal?: AbortSignal): Promise<void> {
    const fleet = this.#fleet;
    for (const [name, { command, env = {}, ready }] of Object.entries(fleet.spec.processes ?? {})) {
      const own = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, this.within(text)]));
      const process = new LocalProcess({ name, command, cwd: fleet.folder, env: own, ready });
      this.#processes.set(name, process);
      await process.start(signal);
    }
    for (const [name, { listen = "127.0.0.1:0", to }] of Object.entries(fleet.spec.hops ?? {})) {
      const target = to === undefined ? addressOfUrl(mqttUrl) : addressOf(this.within(to));
      const hop = Hop.start(addressOf(this.within(listen)), target, new Random(fleet.seed, "hop", name));
      this.#hops.set(
        name,
        await hop.catch((cause: Error) => {
          throw new SimulationError(`the hop ${name} cannot listen at ${listen}: ${cause.message}`, { cause });
        }),
      );
    }
  }

  /** A text of the file, with the processes' folder and the ports that were drawn in it. */
  within(text: string): string {
    return text
      .replaceAll("{folder}", this.#folder)
      .replaceAll(/\{port:([\w.-]+)\}/g, (_, name: string) => String(this.#ports.get(name)));
  }

  /** Where devices connect: through the hop `mqtt`, if there is one. */
  mqttUrl(url: string): string {
    const hop = this.#hops.get("mqtt");
    if (hop === undefined) return url;
    const through = new URL(url);
    [through.hostname, through.port] = ["127.0.0.1", String(hop.port)];
    return through.href;
  }

  /** `begun`: when the schedule of the load begins, milliseconds since the epoch. */
  inject(begun: number, faults: readonly PlannedFault[]): void {
    this.#injecting = Promise.all(
      faults.map(async (fault) => {
        if (!(await this.#until(begun + fault.at))) return;
        const seconds = Math.round((performance.timeOrigin + performance.now() - begun) / 100) / 10;
        this.injected.push({ seconds, text: fault.text });
        await this.#inTurn(fault.kind === "process" ? fault.name : undefined, () => this.#make(fault, begun));
      }),
    ).catch((error: unknown) => {
      this.#failure ??= (error as Error).message;
    });
  }

  /** Whether a process ended that nobody has ended. */
  hasEnded(name: string): boolean {
    return this.#processes.get(name)?.endedByItself !== undefined;
  }

  /** What is true of a run in which every fault was made and undone, and nothing else ended. */
  async outcome(): Promise<readonly Expectation[]> {
    this.#over.abort();
    await this.#injecting;
    const planned = this.#fleet.faults.length;
    const made = { name: "faults", wanted: `${planned} made`, found: `${this.injected.length} made` };
    const processes = [...this.#processes].map(([name, { endedByItself }]) => ({
      ...{ name: `process ${name}`, wanted: "runs", found: endedByItself ?? "runs" },
      holds: endedByItself === undefined,
    }));
    const faults = planned === 0 ? [] : [{ ...made, holds: this.injected.length === planned }];
    const failure = this.#failure;
    const failed = failure === undefined ? [] : [{ ...made, name: "faults", found: failure, holds: false }];
    return [...faults, ...failed, ...processes];
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#injecting;
    await Promise.all([...this.#hops.values()].map((hop) => hop.stop()));
    await Promise.all([...this.#processes.values()].map((process) => process.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** False if the run is over before. */
  async #until(time: number): Promise<boolean> {
    const wait = time - (performance.timeOrigin + performance.now());
    await sleep(Math.max(0, wait), this.#over.signal).catch(() => undefined);
    return !this.#over.signal.aborted;
  }

  #inTurn(process: string | undefined, make: () => Promise<void>): Promise<void> {
    if (process === undefined) return make();
    const turn = (this.#turns.get(process) ?? Promise.resolve()).then(make);
    this.#turns.set(process, turn);
    return turn;
  }

  async #make(fault: PlannedFault, begun: number): Promise<void> {
    // What was begun is undone, also when the run is over before.
    const undoAt = begun + fault.at + fault.for;
    if (fault.kind === "process") {
      const process = this.#processes.get(fault.name)!;
      if (fault.do === "stop") {
        process.signal("SIGSTOP");
        await this.#until(undoAt);
        process.signal("SIGCONT");
      } else {
        await process.end(fault.do === "kill" ? "SIGKILL" : "SIGTERM");
        await this.#until(undoAt);
        await process.start();
      }
      return;
    }
    const hop = this.#hops.get(fault.name)!;
    switch (fault.do) {
      case "flip":
        hop.flip(fault.bits);
        break;
      case "cut":
        hop.isCut = fault.for > 0;
        hop.cut();
        await this.#until(undoAt);
        hop.isCut = false;
        break;
      case "delay":
        hop.delayMs = fault.by;
        await this.#until(undoAt);
        hop.delayMs = 0;
        break;
      case "black-hole":
        hop.isBlackHole = true;
        await this.#until(undoAt);
        hop.isBlackHole = false;
        break;
      case "throttle":
        hop.bytesPerSecond = fault.bytesPerSecond;
        await this.#until(undoAt);
        hop.bytesPerSecond = Infinity;
        break;
    }
  }
}

/** Ports that nobody listens at; all are held until the last is known, so that none is drawn twice. */
async function freePorts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, Server>();
  for (const name of new Set(names)) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    held.set(name, server);
  }
  const ports = [...held].map(([name, server]) => [name, (server.address() as AddressInfo).port] as const);
  for (const server of held.values()) server.close();
  return new Map(ports);
}

function addressOf(text: string): { host: string; port: number } {
  const [host, port] = text.split(":");
  return { host: host!, port: Number(port) };
}

function addressOfUrl(text: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(text);
  return { host: hostname, port: Number(port) || (protocol === "mqtts:" ? 8883 : 1883) };
}
