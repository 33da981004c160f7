import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "./errors.ts";
import { freePorts } from "./free-port.ts";
import { runStep, type Progress } from "./install.ts";
import { kafkaClassPath } from "./kafka-install.ts";
import { kafkaProperties, type KafkaNode } from "./kafka-properties.ts";
import { kafkaAnswers } from "./kafka-readiness.ts";
import { endProcesses, signalProcess, spawnServer, waitUntilReady, type ServerProcess } from "./server-process.ts";

export interface KafkaOptions {
  /** Kept between starts: the same folder and ports give the same cluster with its data. */
  readonly dataDir: string;
  /** One broker port a node; free ones by default. */
  readonly ports?: readonly number[] | undefined;
  readonly nodes?: number | undefined;
  readonly heapMb?: number | undefined;
  /** On top of kafka-properties.ts. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Go on when this process exits; by default the brokers are killed with it. */
  readonly keepRunning?: boolean | undefined;
  readonly progress?: Progress | undefined;
}

export interface Kafka {
  /** As a client takes it: `127.0.0.1:9092`, more than one separated by commas. */
  readonly brokers: string;
  readonly ports: readonly number[];
  readonly pids: readonly number[];
  stop(): Promise<void>;
  /** To all nodes; to one of them with `process.kill(pids[i], signal)`. */
  kill(signal: NodeJS.Signals): void;
  /** Brings every node back on its port and its data, whatever happened to it. */
  restart(): Promise<void>;
  /** The same for one of them; the others go on. */
  restartNode(index: number): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;

/** Starts a real Kafka (KRaft, every node broker and controller) on loopback and waits until it answers. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const progress = options.progress ?? ((): void => {});
  const count = options.nodes ?? options.ports?.length ?? 1;
  if (options.ports !== undefined && options.ports.length !== count) {
    throw new UsageError(`${count} Kafka nodes need ${count} ports, not ${options.ports.length}`);
  }
  const dataDir = resolve(options.dataDir);
  const classPath = await kafkaClassPath(progress);
  const nodes = await describeNodes(dataDir, options.ports ?? (await freePorts(count)));
  const clusterId = await clusterIdOf(dataDir);
  await Promise.all(
    nodes.map((node) => prepare(node, kafkaProperties(node, nodes, options.properties), classPath, clusterId)),
  );

  const running = await Promise.all(nodes.map((node) => spawnNode(node, classPath, options)));
  const pids = (): number[] => running.map((node) => node.pid);
  const ready = async (node: RunningNode): Promise<void> =>
    waitUntilReady(
      node,
      START_TIMEOUT_MS,
      () => node.assertRunning(),
      () => kafkaAnswers(node.brokerPort, count),
    );
  try {
    await Promise.all(running.map(ready));
  } catch (error) {
    await endProcesses(pids(), kafkaMarker(dataDir));
    throw error;
  }
  const ports = nodes.map((node) => node.brokerPort);
  return {
    brokers: ports.map((port) => `127.0.0.1:${port}`).join(","),
    ports,
    get pids() {
      return pids();
    },
    stop: () => endProcesses(pids(), kafkaMarker(dataDir)),
    kill: (signal) => pids().forEach((pid) => signalProcess(pid, signal)),
    async restart() {
      await endProcesses(pids(), kafkaMarker(dataDir));
      running.splice(0, count, ...(await Promise.all(nodes.map((node) => spawnNode(node, classPath, options)))));
      await Promise.all(running.map(ready));
    },
    async restartNode(index) {
      const node = nodes[index]!;
      await endProcesses([running[index]!.pid], kafkaMarker(dataDir));
      running[index] = await spawnNode(node, classPath, options);
      await ready(running[index]);
    },
  };
}

/** Text of the command line by which the nodes of the cluster in this folder are known. */
export function kafkaMarker(dataDir: string): string {
  return join(resolve(dataDir), "node-");
}

async function describeNodes(dataDir: string, brokerPorts: readonly number[]): Promise<KafkaNode[]> {
  const controllerPorts = await freePorts(brokerPorts.length, brokerPorts);
  return controllerPorts.map((controllerPort, i) => ({
    id: i + 1,
    dir: join(dataDir, `node-${i + 1}`),
    brokerPort: brokerPorts[i] ?? 0,
    controllerPort,
  }));
}

async function prepare(node: KafkaNode, properties: string, classPath: string, clusterId: string): Promise<void> {
  await mkdir(node.dir, { recursive: true, mode: 0o700 });
  await writeFile(propertiesFile(node), properties);
  if (existsSync(join(node.dir, "log", "meta.properties"))) return;
  // The next format would refuse the remains of one that was cut short.
  await rm(join(node.dir, "log"), { recursive: true, force: true });
  await runStep({
    command: "java",
    args: [
      "-Xmx256m",
      "-XX:TieredStopAtLevel=1",
      "-cp",
      classPath,
      "kafka.tools.StorageTool",
      "format",
      "-t",
      clusterId,
      "-c",
      propertiesFile(node),
    ],
    cwd: node.dir,
  });
}

type RunningNode = KafkaNode & ServerProcess & { readonly name: string; readonly logFile: string };

async function spawnNode(node: KafkaNode, classPath: string, options: KafkaOptions): Promise<RunningNode> {
  const server = { name: `kafka node ${node.id}`, logFile: join(node.dir, "server.log") };
  const started = await spawnServer({
    ...server,
    command: "java",
    args: [
      `-Xmx${options.heapMb ?? 1024}m`,
      "-XX:+ExitOnOutOfMemoryError",
      "-Djava.awt.headless=true",
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
      "-Dorg.slf4j.simpleLogger.showDateTime=true",
      "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
      "-cp",
      classPath,
      "kafka.Kafka",
      propertiesFile(node),
    ],
    keepRunning: options.keepRunning ?? false,
  });
  return { ...node, ...server, ...started };
}

const propertiesFile = (node: KafkaNode): string => join(node.dir, "server.properties");

/** One id for all nodes, kept: a start that was cut short between two of them must not make two clusters. */
async function clusterIdOf(dataDir: string): Promise<string> {
  const file = join(dataDir, "cluster-id");
  if (existsSync(file)) return readFile(file, "utf8");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const id = newClusterId();
  await writeFile(`${file}.new`, id);
  await rename(`${file}.new`, file);
  return id;
}

/** Kafka's ids are 16 bytes in URL-safe base64; one that begins with a dash would read as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? newClusterId() : id;
}
