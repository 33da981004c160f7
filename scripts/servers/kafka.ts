import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from './errors.ts';
import { freePorts } from './free-port.ts';
import { runStep, type Progress } from './install.ts';
import { kafkaClassPath } from './kafka-install.ts';
import { kafkaProperties, type KafkaNode } from './kafka-properties.ts';
import { kafkaAnswers } from './kafka-readiness.ts';
import { endProcesses, signalProcess, spawnServer, waitUntilReady, type ServerProcess } from './server-process.ts';

export interface KafkaOptions {
  /** Kept between starts: the same folder and ports give the same cluster with its data. */
  readonly dataDir: string;
  /** One broker port a node; free ones by default. */
  readonly ports?: readonly number[] | undefined;
  readonly nodes?: number | undefined;
  readonly heapMb?: number | undefined;
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
}

const START_TIMEOUT_MS = 60_000;

/** Starts a real Kafka (KRaft, every node broker and controller) on loopback and waits until it answers. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const progress = options.progress ?? ((): void => {});
  const count = options.nodes ?? options.ports?.length ?? 1;
  if (options.ports !== undefined && options.ports.length !== count) {
    throw new UsageError(`${count} Kafka nodes need ${count} ports, not ${options.ports.length}`);
  }
  const classPath = await kafkaClassPath(progress);
  const nodes = await describeNodes(resolve(options.dataDir), options.ports ?? (await freePorts(count)));
  const clusterId = newClusterId();
  await Promise.all(nodes.map((node) => prepare(node, nodes, classPath, clusterId)));

  const started = await Promise.all(nodes.map((node) => spawnNode(node, classPath, options)));
  const pids = started.map((each) => each.pid);
  const stop = (): Promise<void> => endProcesses(pids, kafkaMarker(options.dataDir));
  try {
    await Promise.all(nodes.map((node, i) => nodeReady(node, started[i] as ServerProcess, count)));
  } catch (error) {
    await stop();
    throw error;
  }
  const ports = nodes.map((node) => node.brokerPort);
  return {
    brokers: kafkaBrokers(ports),
    ports,
    pids,
    stop,
    kill: (signal) => pids.forEach((pid) => signalProcess(pid, signal)),
  };
}

export function kafkaBrokers(ports: readonly number[]): string {
  return ports.map((port) => `127.0.0.1:${port}`).join(',');
}

/** What the command line of every node of the cluster in this folder contains. */
export function kafkaMarker(dataDir: string): string {
  return join(resolve(dataDir), 'node-');
}

async function describeNodes(dataDir: string, brokerPorts: readonly number[]): Promise<KafkaNode[]> {
  const controllerPorts = await freePorts(brokerPorts.length);
  return brokerPorts.map((brokerPort, i) => ({
    id: i + 1,
    dir: join(dataDir, `node-${i + 1}`),
    brokerPort,
    controllerPort: controllerPorts[i] as number,
  }));
}

async function prepare(node: KafkaNode, nodes: readonly KafkaNode[], classPath: string, clusterId: string): Promise<void> {
  await mkdir(node.dir, { recursive: true, mode: 0o700 });
  await writeFile(propertiesFile(node), kafkaProperties(node, nodes));
  if (existsSync(join(node.dir, 'log', 'meta.properties'))) return;
  // What a start that was cut short between two nodes left behind is not a cluster.
  await rm(join(node.dir, 'log'), { recursive: true, force: true });
  await runStep({
    command: 'java',
    args: ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesFile(node)],
    cwd: node.dir,
  });
}

async function spawnNode(node: KafkaNode, classPath: string, options: KafkaOptions): Promise<ServerProcess> {
  return spawnServer({
    name: nodeName(node),
    command: 'java',
    args: [
      `-Xmx${options.heapMb ?? 1024}m`,
      '-XX:+ExitOnOutOfMemoryError',
      '-Djava.awt.headless=true',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
      '-cp',
      classPath,
      'kafka.Kafka',
      propertiesFile(node),
    ],
    logFile: logFile(node),
    keepRunning: options.keepRunning ?? false,
  });
}

async function nodeReady(node: KafkaNode, started: ServerProcess, brokers: number): Promise<void> {
  const server = { name: nodeName(node), logFile: logFile(node) };
  await waitUntilReady(server, START_TIMEOUT_MS, started.assertRunning, () => kafkaAnswers(node.brokerPort, brokers));
}

const nodeName = (node: KafkaNode): string => `kafka node ${node.id}`;
const propertiesFile = (node: KafkaNode): string => join(node.dir, 'server.properties');
const logFile = (node: KafkaNode): string => join(node.dir, 'server.log');

/** Kafka's ids are 16 bytes in URL-safe base64; one that begins with a dash would read as an option. */
function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
