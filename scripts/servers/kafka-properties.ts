import { join } from "node:path";

export interface KafkaNode {
  readonly id: number;
  readonly dir: string;
  readonly brokerPort: number;
  readonly controllerPort: number;
}

/** The server.properties of one node of a cluster that lives on loopback. */
export function kafkaProperties(
  node: KafkaNode,
  nodes: readonly KafkaNode[],
  overrides: Readonly<Record<string, string>> = {},
): string {
  const replicas = Math.min(3, nodes.length);
  const minInSync = Math.max(1, replicas - 1);
  const properties: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": node.id,
    "controller.quorum.voters": nodes.map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`).join(","),
    listeners: `BROKER://127.0.0.1:${node.brokerPort},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    "advertised.listeners": `BROKER://127.0.0.1:${node.brokerPort}`,
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "BROKER",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": join(node.dir, "log"),
    // A mistyped topic has to be an error, and topics have settings that only the application knows.
    "auto.create.topics.enable": false,
    "default.replication.factor": replicas,
    "min.insync.replicas": minInSync,
    "group.initial.rebalance.delay.ms": 0,
    // Kafka's own topics, small: with the defaults (50 partitions each) a start and a restart take seconds longer.
    "offsets.topic.num.partitions": 8,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.num.partitions": 2,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": minInSync,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": minInSync,
    // Taken up at start whether anything is compacted or not; the default is 128 MB.
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    // A killed broker is let back in only when its former session has run out: 9 s by default.
    "broker.session.timeout.ms": 4_000,
    "broker.heartbeat.interval.ms": 1_000,
    "num.network.threads": 2,
    "num.io.threads": 4,
    ...overrides,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
