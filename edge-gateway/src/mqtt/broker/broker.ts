import { Aedes, type AedesOptions, type Client, type PublishPacket } from "aedes";
import type { Audience } from "../sessions/audience.ts";
import { isShared } from "../../devices/access/shared-filter.ts";
import { internals } from "./aedes-internals.ts";
import { connectionOf, type Connection } from "./connection.ts";
import { endings } from "./endings.ts";
import { isWithinTaken } from "./largest-outgoing.ts";
import type { DeliverShared } from "../sessions/shared-session.ts";
import type { SharedSource } from "../sessions/shared-subscriptions.ts";
import { isHeardThroughBroker } from "../sessions/stored-sessions.ts";

type Done = (error?: Error | null) => void;

const takenOver = endings["taken-over"];
/** What aedes asks of its persistence for messages of QoS 2 that come. */
interface IncomingMessages {
  /** Rejects if there is none. */
  incomingGetPacket(client: Client, packet: PublishPacket): Promise<unknown>;
  incomingStorePacket(client: Client, packet: PublishPacket): Promise<unknown>;
}

/** Of the event loop: so long a connection that was closed takes to leave. */
const turnsToLeave = 8;

/**
 * aedes, but telemetry is not offered to subscribers unless somebody may be one. `$SYS` is neither written nor read: a
 * gateway is one process and says how it is by its metrics.
 */
export class GatewayBroker extends Aedes implements SharedSource {
  readonly #audience: Audience;
  readonly #fanOut: (packet: PublishPacket, client: Client | null, done?: Done) => void;
  readonly #publish: (packet: PublishPacket, client: Client | null | Done, done?: Done) => void;
  /** Messages that subscribers were told of before the acknowledgement, or are never told of. */
  readonly #passedOn = new WeakSet<object>();
  /** Told of a client whose session another connection takes over, before it is closed. */
  onTakeover?: (client: Client) => void;

  constructor(options: AedesOptions, audience: Audience) {
    super(options);
    this.#audience = audience;
    // Its keys come from the wire: of what every object has ("constructor") it knows nothing.
    (this as unknown as { clients: object }).clients = Object.create(null) as object;
    // aedes sends the last wills of brokers that it has not heard of for a time, and of itself it hears by messages
    // that are not sent here.
    (this as unknown as { brokers: Record<string, number> }).brokers[this.id] = Infinity;
    const own = this as unknown as {
      clients: Record<string, Client | undefined>;
      registerClient(client: Client): void;
      _finishRegisterClient(client: Client): void;
      scheduleSessionExpiry(client: Client): void;
      readonly _takingOver: Set<string>;
    };
    // How long a session lives on is kept with it, across restarts; a timer of the broker would keep the whole client.
    const expire = own.scheduleSessionExpiry.bind(this);
    own.scheduleSessionExpiry = (client) => {
      if (client.sessionExpiryInterval === 0) expire(client);
    };
    const register = own.registerClient.bind(this);
    own.registerClient = (client) => {
      const present = own.clients[client.id];
      if (present !== undefined) this.onTakeover?.(present);
      register(client);
    };
    // One that has closed meanwhile would never leave again, and everybody who takes over its session wait for ever.
    const finishRegister = own._finishRegisterClient.bind(this);
    own._finishRegisterClient = (client) => {
      if (client.closed) own._takingOver.delete(client.id);
      else finishRegister(client);
    };
    // The public method takes an optional client between packet and callback, which its types leave out.
    // oxlint-disable-next-line typescript/unbound-method -- it is called with its `this` below
    const fanOut = Aedes.prototype.publish as unknown as (
      this: unknown,
      packet: PublishPacket,
      client: Client | null,
      done?: Done,
    ) => void;
    this.#fanOut = (packet, client, done) => {
      // It says that the publisher sends again, and nothing of what a subscriber hears (3.3.1.1).
      const { dup } = packet as { dup?: boolean };
      if (dup === true) (packet as { dup?: boolean }).dup = false;
      // Before it is kept for sessions, of which the sender's may want nothing of its own.
      if (client !== null) (packet as { clientId?: string }).clientId = client.id;
      fanOut.call(this, packet, client, done);
    };
    this.#publish = (packet, client, done) => {
      const callback = typeof client === "function" ? client : done;
      const sender = typeof client === "function" ? null : client;
      if (
        this.#passedOn.has(packet) ||
        packet.topic.startsWith("$") ||
        (sender !== null && !packet.retain && !this.hasSubscriber(connectionOf(sender), packet.topic))
      ) {
        callback?.();
        return;
      }
      this.#fanOut(packet, sender, callback);
    };
    this.publish = this.#publish as typeof this.publish;
  }

  /**
   * Calls back when no other connection has the session of this client any more. aedes takes it over by itself, but
   * lets the new one in before it knows it. For a client that has gone meanwhile nothing goes on.
   */
  takeOver(client: Client, done: () => void, turns = turnsToLeave): void {
    if (client.closed) return;
    const present = (this as unknown as { clients: Record<string, Client | undefined> }).clients[client.id];
    if (present === undefined || present === client) {
      done();
      return;
    }
    if (present.closed && turns > 0) {
      // It is about to leave, with its last will and its session; one that was closed while it was let in never does.
      setImmediate(() => this.takeOver(client, done, turns - 1));
      return;
    }
    this.onTakeover?.(present);
    const { reasonCode, text } = takenOver;
    present.disconnect({ reasonCode, properties: explanation(present, reasonCode, text) }, done);
  }

  /** Whether the client of this session is connected. */
  isConnected(session: string): boolean {
    return (this as unknown as { clients: Record<string, Client | undefined> }).clients[session] !== undefined;
  }

  /** Who listens to commands alone hears nothing through the broker, and who shares hears as its group does. */
  override subscribe(...[topic, deliver, done]: Parameters<Aedes["subscribe"]>): void {
    if (isHeardThroughBroker(topic) && !isShared(topic)) super.subscribe(topic, deliver, done);
    else setImmediate(done);
  }

  override unsubscribe(...[topic, deliver, done]: Parameters<Aedes["unsubscribe"]>): void {
    if (isHeardThroughBroker(topic) && !isShared(topic)) super.unsubscribe(topic, deliver, done);
    else done?.();
  }

  /** A group of shared subscriptions hears what one client would. */
  hear(filter: string, listener: DeliverShared): void {
    if (isHeardThroughBroker(filter)) super.subscribe(filter, listener, noop);
  }

  unhear(filter: string, listener: DeliverShared): void {
    if (isHeardThroughBroker(filter)) super.unsubscribe(filter, listener, noop);
  }

  /**
   * What to call when a message of a client was taken: it is passed on to its subscribers, who may be that client, and
   * then acknowledged, in the order of its messages. (aedes acknowledges QoS 1 first; a client that hears its own
   * messages would hear the acknowledgement before the message.)
   */
  passOnFirst(client: Client | null, packet: PublishPacket, done: Done): Done {
    const connection = client === null ? undefined : connectionOf(client);
    if (client === null || connection === undefined || packet.qos === 0) return done;
    const { acknowledgements } = connection;
    const inTurn = acknowledgements.inTurn(packet.qos);
    const refuse = (error: Error): void => {
      // It ends a connection of MQTT 3.1.1.
      if (connection.isVersion5) inTurn(() => done(error));
      else done(error);
    };
    const { messageId } = packet as { readonly messageId?: number };
    if (packet.qos === 2) {
      return (error) => {
        if (error != null) refuse(error);
        else this.#receive(client, packet, () => inTurn(() => acknowledgements.received(messageId!)));
      };
    }
    const isHeard = this.hasSubscriber(connection, packet.topic);
    return (error) => {
      if (error != null) refuse(error);
      else if (!isHeard) inTurn(done);
      else if (this.#passedOn.has(packet)) {
        // One that is withheld has nobody to hear it first.
        inTurn(() => acknowledgements.passedOn(messageId!));
      } else {
        this.#fanOut(packet, client, (failure) => {
          if (failure != null) refuse(failure);
          else inTurn(() => acknowledgements.passedOn(messageId!));
        });
      }
    };
  }

  /**
   * Keeps a message of QoS 2 until its PUBREL and passes it on once. As aedes does it, whose PUBREC comes when it comes
   * and has nothing but the identifier.
   */
  #receive(client: Client, packet: PublishPacket, acknowledge: () => void): void {
    const { persistence } = this as unknown as { readonly persistence: IncomingMessages };
    // Ends the connection.
    const fail = (error: Error): void => internals(client)._nextBatch(error);
    persistence.incomingGetPacket(client, packet).then(acknowledge, () => {
      const passOn = (): void => {
        this.#publish(packet, client, (error) => {
          if (error != null) fail(error);
          else acknowledge();
        });
      };
      persistence.incomingStorePacket(client, packet).then(passOn, fail);
    });
  }

  /** Passes the message on to nobody. */
  withhold(packet: object): void {
    this.#passedOn.add(packet);
  }

  /** Whether anybody may have subscribed to what this connection says there. */
  hasSubscriber(sender: Connection | undefined, topic: string): boolean {
    // What a new device says holds its secret.
    if (sender?.principal.kind === "provisioning") return false;
    if (topic.startsWith("$")) return false;
    // `me` is somebody else for everybody: such a message is never anyone's but the log's.
    if (sender?.device !== undefined && topic.startsWith("v1/devices/me/")) return false;
    return this.#audience.mayHear(topic);
  }
}

/** What a client of MQTT 5 is told beside the reason code; undefined: nothing, or it takes no packet so large. */
function explanation(client: Client, reasonCode: number, reasonString: string): { reasonString: string } | undefined {
  if (connectionOf(client)?.isVersion5 !== true || !connectionOf(client)!.tellsMore) return undefined;
  const properties = { reasonString };
  return isWithinTaken(client, { cmd: "disconnect", reasonCode, properties }) ? properties : undefined;
}

function noop(): void {
  // The broker does it at once.
}
