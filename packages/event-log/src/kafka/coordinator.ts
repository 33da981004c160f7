import type { BrokerConnection } from "./broker-connection.ts";
import type { Cluster } from "./cluster.ts";
import { brokerError, isCoordinatorMoved, protocolErrorKind } from "./kafka-errors.ts";

const GROUP = 0;

interface CoordinatorAnswer {
  readonly errorCode: number;
  readonly coordinator: { readonly nodeId: number };
}

/** The broker that keeps a group, and a connection to it that the group has for itself: a join makes it wait. */
export class Coordinator {
  readonly #cluster: Cluster;
  readonly #group: string;
  #connection: BrokerConnection | undefined;
  #opening: Promise<BrokerConnection> | undefined;

  constructor(cluster: Cluster, group: string) {
    this.#cluster = cluster;
    this.#group = group;
  }

  /**
   * Rejects with the broker's error as kafkajs makes it, unless `lenient`; any end of the connection makes the next
   * call look for the coordinator again.
   */
  async call<Answer>(
    name: string,
    options: object,
    how: { requestTimeoutMs?: number; lenient?: boolean } = {},
  ): Promise<Answer> {
    const connection = await this.#connected();
    try {
      return await connection.call<Answer>(name, { groupId: this.#group, ...options }, how);
    } catch (error) {
      if (protocolErrorKind(error) === undefined || isCoordinatorMoved(error)) this.reset();
      throw error;
    }
  }

  /** The connection is of no more use; requests without an answer on it are rejected. */
  reset(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #connected(): Promise<BrokerConnection> {
    if (this.#connection?.isUsable === true) return this.#connection;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<BrokerConnection> {
    this.#connection?.destroy();
    const { errorCode, coordinator } = await this.#cluster.call<CoordinatorAnswer>(
      -1,
      "GroupCoordinator",
      { coordinatorKey: this.#group, groupId: this.#group, coordinatorType: GROUP },
      { lenient: true },
    );
    if (errorCode !== 0) throw brokerError(errorCode);
    this.#connection = await this.#cluster.connect(coordinator.nodeId);
    return this.#connection;
  }
}
