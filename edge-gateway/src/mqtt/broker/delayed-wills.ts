import type { Client, PublishPacket } from "aedes";
import { generate, parser, type IPublishPacket } from "mqtt-packet";
import { internals } from "./aedes-internals.ts";
import type { GatewayBroker } from "./broker.ts";
import { bindConnection, Connection, connectionOf } from "./connection.ts";
import type { Identity } from "../../devices/identity/identity.ts";
import { RecentPublishes, sessionKey } from "../../pipeline/redelivery/recent-publishes.ts";
import type { WaitingWill, WaitingWills } from "../sessions/waiting-wills.ts";

/** What aedes does with last wills that have a delay. */
interface WillBroker {
  registerClient(client: Client): void;
  scheduleWill(client: Client, will: object, delaySeconds: number): void;
  publishWill(client: Client, will: object): void;
  readonly _takingOver: ReadonlySet<string>;
}

interface Left {
  readonly client: Client;
  readonly will: object;
}

const version5 = { protocolVersion: 5 } as const;

/**
 * Last wills that wait for their delay (MQTT 5, 3.1.3.2.2). aedes forgets them with the process, and takes a session
 * that begins anew for the one that left the will, whose end it was to wait for at most.
 */
export class DelayedWills {
  readonly #broker: WillBroker;
  readonly #store: WaitingWills;
  readonly #waiting = new Map<string, Left>();

  constructor(broker: GatewayBroker, store: WaitingWills) {
    const own = broker as unknown as WillBroker;
    this.#broker = own;
    this.#store = store;
    const register = own.registerClient.bind(broker);
    own.registerClient = (client) => {
      const left = this.#waiting.get(client.id);
      this.#settled(client.id);
      if (left !== undefined && internals(client)._cleanStart) own.publishWill(left.client, left.will);
      register(client);
    };
    const schedule = own.scheduleWill.bind(broker);
    own.scheduleWill = (client, will, delaySeconds) => {
      if (!own._takingOver.has(client.id)) this.#waits(client, will, delaySeconds);
      schedule(client, will, delaySeconds);
    };
    const publish = own.publishWill.bind(broker);
    own.publishWill = (client, will) => {
      if (this.#waiting.get(client.id)?.client === client) this.#settled(client.id);
      publish(client, will);
    };
  }

  /** Goes on where an earlier life of the gateway ended; `departed` makes what is left of a connection. */
  resume(departed: (will: WaitingWill) => Client | undefined): void {
    for (const waiting of this.#store.all) {
      const client = departed(waiting);
      const will = read(waiting.publish);
      if (client === undefined || will === undefined) this.#store.remove(waiting.session);
      else this.#broker.scheduleWill(client, will, Math.max(0, waiting.dueAt - Date.now()) / 1000);
    }
  }

  #waits(client: Client, will: object, delaySeconds: number): void {
    this.#waiting.set(client.id, { client, will });
    const connection = connectionOf(client);
    if (connection === undefined || this.#store.has(client.id)) return;
    this.#store.add({
      session: client.id,
      connection: connection.session,
      principal: connection.principal,
      dueAt: Math.round(Date.now() + delaySeconds * 1000),
      publish: write(will as PublishPacket),
    });
  }

  #settled(session: string): void {
    this.#waiting.delete(session);
    this.#store.remove(session);
  }
}

/** Without its delay, which no PUBLISH has. */
function write(will: PublishPacket & { properties?: IPublishPacket["properties"] }): string {
  const { topic, payload, qos, retain } = will;
  const { willDelayInterval: _, ...properties } = (will.properties ?? {}) as { willDelayInterval?: number };
  const packet = { cmd: "publish", topic, payload, qos, retain, dup: false, messageId: 1, properties } as const;
  return generate(packet, version5).toString("base64");
}

function read(publish: string): IPublishPacket | undefined {
  let will: IPublishPacket | undefined;
  const packets = parser(version5);
  packets.on("packet", (packet) => {
    if (packet.cmd === "publish") will = packet;
  });
  packets.on("error", () => {});
  packets.parse(Buffer.from(publish, "base64"));
  return will;
}

/** What is left of a connection of an earlier life of the gateway; undefined if whoever it was of is no more. */
export function departedClient(
  { session, connection, principal }: WaitingWill,
  identity: Identity,
): Client | undefined {
  const permissions = identity.permissionsOf(principal);
  if (permissions === undefined) return undefined;
  const client = { id: session, version: 5, clean: false, closed: true } as unknown as Client;
  bindConnection(new Connection(client, connection, principal, permissions, new RecentPublishes(sessionKey(session))));
  return client;
}
