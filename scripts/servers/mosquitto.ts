import { mkdir, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join, resolve } from "node:path";
import { debianProgram } from "./debian-packages.ts";
import { freePorts } from "./free-port.ts";
import type { Progress } from "./install.ts";
import { endProcesses, signalProcess, spawnServer, waitUntilReady, type ServerProcess } from "./server-process.ts";

export interface MosquittoOptions {
  /** Kept between starts: configuration, `server.log` and, with `persistence`, sessions and queues. */
  readonly dataDir: string;
  readonly port?: number | undefined;
  /** A second listener that speaks TLS. */
  readonly tls?: MosquittoTls | undefined;
  /** Sessions, queues and retained messages survive a kill; written after every change. */
  readonly persistence?: boolean | undefined;
  /**
   * Lines for the general part of mosquitto.conf; a later line wins (`allow_anonymous false`, `max_queued_messages 0`).
   */
  readonly config?: readonly string[] | undefined;
  /** Go on when this process exits; by default the broker is killed with it. */
  readonly keepRunning?: boolean | undefined;
  readonly progress?: Progress | undefined;
}

/** Paths of PEM files. */
export interface MosquittoTls {
  readonly port?: number | undefined;
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities of the clients' certificates, which are then required. */
  readonly clientCaFile?: string | undefined;
}

export interface Mosquitto {
  readonly port: number;
  /** `mqtt://127.0.0.1:PORT` */
  readonly url: string;
  /** 0 without a TLS listener. */
  readonly tlsPort: number;
  readonly pid: number;
  readonly logFile: string;
  stop(): Promise<void>;
  /** SIGSTOP hangs it until SIGCONT; after SIGKILL, restart() brings it back. */
  kill(signal: NodeJS.Signals): void;
  /** Brings it back on its ports and its data, whatever happened to it. */
  restart(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Starts Debian's Mosquitto on loopback, anonymous unless configured otherwise, and waits until it listens. */
export async function startMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const dataDir = resolve(options.dataDir);
  const command = await debianProgram("mosquitto", options.progress ?? ((): void => {}));
  const ports = await portsOf(options);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const configFile = join(dataDir, "mosquitto.conf");
  await writeFile(configFile, configuration(options, ports, dataDir), { mode: 0o600 });

  const server = { name: "mosquitto", logFile: join(dataDir, "server.log") };
  const stop = (pid: number): Promise<void> => endProcesses([pid], configFile);
  const start = async (): Promise<ServerProcess> => {
    const args = ["-c", configFile];
    const started = await spawnServer({ ...server, command, args, keepRunning: options.keepRunning ?? false });
    try {
      await waitUntilReady(
        server,
        START_TIMEOUT_MS,
        () => started.assertRunning(),
        () => listens(ports.plain),
      );
    } catch (error) {
      await stop(started.pid);
      throw error;
    }
    return started;
  };
  let running = await start();
  return {
    port: ports.plain,
    url: `mqtt://127.0.0.1:${ports.plain}`,
    tlsPort: ports.tls,
    logFile: server.logFile,
    get pid() {
      return running.pid;
    },
    stop: () => stop(running.pid),
    kill: (signal) => signalProcess(running.pid, signal),
    async restart() {
      await stop(running.pid);
      running = await start();
    },
  };
}

interface Ports {
  readonly plain: number;
  readonly tls: number;
}

async function portsOf({ port, tls }: MosquittoOptions): Promise<Ports> {
  const taken = [port, tls?.port].filter((each) => each !== undefined);
  const [first = 0, second = 0] = await freePorts(2, taken);
  return { plain: port ?? first, tls: tls === undefined ? 0 : (tls.port ?? second) };
}

function configuration(options: MosquittoOptions, ports: Ports, dataDir: string): string {
  const lines = ["allow_anonymous true", "log_dest stderr", "log_type error", "log_type warning", "log_type notice"];
  // Started by root it becomes the user `mosquitto`, who may not read a private folder.
  if (process.getuid?.() === 0) lines.push("user root");
  if (options.persistence === true) {
    lines.push("persistence true", `persistence_location ${dataDir}/`);
    // After every change instead of each half hour, so that a kill loses the last moment at most.
    lines.push("autosave_on_changes true", "autosave_interval 1");
  }
  lines.push(...(options.config ?? []));
  lines.push(`listener ${ports.plain} 127.0.0.1`);
  if (options.tls !== undefined) {
    const { certFile, keyFile, clientCaFile } = options.tls;
    lines.push(`listener ${ports.tls} 127.0.0.1`, `certfile ${resolve(certFile)}`, `keyfile ${resolve(keyFile)}`);
    if (clientCaFile !== undefined) lines.push(`cafile ${resolve(clientCaFile)}`, "require_certificate true");
  }
  return `${lines.join("\n")}\n`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolved, reject) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolved(true);
    });
  });
}
