import { chmodSync, mkdirSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "./cache.ts";
import type { InfluxAccess } from "./influx.ts";

/** The state that `start` leaves for later commands: which processes run, where, and how to reach them. */
export interface ServersState {
  readonly kafka?: KafkaState;
  readonly influx?: InfluxState;
}

export interface KafkaState {
  readonly pids: readonly number[];
  readonly ports: readonly number[];
  readonly brokers: string;
}

export interface InfluxState extends InfluxAccess {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
}

export const serverKinds = ["kafka", "influx"] as const;
export type ServerKind = (typeof serverKinds)[number];

export function isServerKind(name: string): name is ServerKind {
  return serverKinds.some((kind) => kind === name);
}

/** A named set of servers with data of its own; one person needs one, two test runs side by side need two. */
export class ServerSet {
  readonly name: string;
  readonly #dir: string;

  constructor(name: string) {
    this.name = name;
    this.#dir = join(cacheDir(), "servers");
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    chmodSync(this.#dir, 0o700);
  }

  get stateFile(): string {
    return join(this.#dir, `${this.name}.json`);
  }

  get lockFile(): string {
    return join(this.#dir, `${this.name}.lock`);
  }

  dataDir(kind: ServerKind): string {
    return join(this.#dir, this.name, kind);
  }

  async read(): Promise<ServersState> {
    try {
      return JSON.parse(await readFile(this.stateFile, "utf8")) as ServersState;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
      throw error;
    }
  }

  /** A state without servers leaves nothing behind. */
  async write(state: ServersState): Promise<void> {
    if (state.kafka === undefined && state.influx === undefined) {
      await rm(this.stateFile, { force: true });
      await rm(join(this.#dir, this.name), { recursive: true, force: true });
      return;
    }
    const next = `${this.stateFile}.new`;
    await writeFile(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    await rename(next, this.stateFile);
  }

  async wipe(kind: ServerKind): Promise<void> {
    await rm(this.dataDir(kind), { recursive: true, force: true });
  }
}
