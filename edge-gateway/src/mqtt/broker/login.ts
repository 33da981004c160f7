import type { Client } from "aedes";
import type { Logger } from "@headwater/core";
import { randomUUID } from "node:crypto";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { Refused, RefusalLog } from "../../refusal-log.ts";
import type { Identity } from "../../devices/identity/identity.ts";
import { sessionPrefix } from "../../devices/identity/principal.ts";
import type { RecentJournal } from "../../pipeline/redelivery/recent-journal.ts";
import { sessionKey } from "../../pipeline/redelivery/recent-publishes.ts";
import { internals } from "./aedes-internals.ts";
import { connackCodes, connackError, reasons } from "./connack.ts";
import { connackLength, explainWithin } from "./greeting.ts";
import { withinTaken } from "./largest-outgoing.ts";
import { bindConnection, Connection, type ClientWishes } from "./connection.ts";
import { peerOf } from "../listeners/peer.ts";
import type { Sender } from "./targets.ts";

export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  /** Of MQTT 5. */
  properties?: { readonly contentType?: string; readonly willDelayInterval?: number };
}

/** What the login has to know of CONNECT besides name and password. */
export interface Greeting {
  readonly will: Will | undefined;
  readonly cleanStart: boolean;
  readonly wishes: ClientWishes;
}

export interface LoginOptions {
  readonly identity: Identity;
  readonly recent: RecentJournal;
  /** Whether the session is there, for a connection that goes on with it. */
  readonly goesOn: (session: string) => boolean;
  /** Whether a last will may go there. */
  readonly mayPublish: (sender: Sender, topic: string) => boolean;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

type Refusal = ReturnType<typeof connackError>;

/**
 * What happens between CONNECT and CONNACK: who it is, whether its last will is allowed, and the connection that it
 * gets.
 */
export class Login {
  readonly #options: LoginOptions;
  readonly #greetings = new WeakMap<Client, Greeting>();

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  noteConnect(client: Client, greeting: Greeting): void {
    this.#greetings.set(client, greeting);
  }

  /** aedes' authenticate. */
  async answer(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: Refusal | null, success: boolean) => void,
  ): Promise<void> {
    let refused: Refusal | undefined;
    try {
      refused = await this.#decide(client, username, password);
    } catch (error) {
      this.#options.logger.error({ err: error }, "a login could not be decided");
      this.#refused("undecided", { client: client.id, address: peerOf(client.conn).address });
      refused = connackError(connackCodes.unavailable, "unavailable");
    }
    if (refused === undefined || client.version !== 5 || client.closed) done(refused ?? null, refused === undefined);
    else this.#tell(client, refused.returnCode);
  }

  /** Of MQTT 5 a refusal says what to do; the broker's own has the reason code alone. */
  #tell(client: Client, returnCode: number): void {
    const { reasonCode, text } = reasons[returnCode]!;
    const properties = this.#greetings.get(client)?.wishes.tellsMore === true ? { reasonString: text } : undefined;
    const connack = { cmd: "connack", sessionPresent: false, reasonCode, properties } as const;
    client.conn.write(withinTaken(client, connack), () => client.close());
  }

  async #decide(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): Promise<Refusal | undefined> {
    const { identity, mayPublish } = this.#options;
    const { address, certificate } = peerOf(client.conn);
    const refuse = (code: keyof typeof connackCodes, why: string, facts: object = {}): Refusal => {
      const user = username?.slice(0, 128);
      this.#refused(why, { client: client.id, user, address, code: connackCodes[code], ...facts });
      return connackError(connackCodes[code], why);
    };
    const login = await identity.login({ username, password, certificate, address });
    if ("refused" in login) return refuse(login.refused, login.why);
    const { principal } = login;
    const permissions = identity.permissionsOf(principal);
    if (permissions === undefined) return refuse("badLogin", "revoked");
    const device = principal.kind === "device" ? principal.device : undefined;
    const { will, cleanStart = true, wishes } = this.#greetings.get(client) ?? {};
    if (will !== undefined && (principal.kind === "provisioning" || !mayPublish({ device, permissions }, will.topic))) {
      return refuse("notAuthorized", "will-not-allowed", { device, topic: will.topic.slice(0, 256) });
    }
    if (client.version === 5 && connackLength(client) > (client.maximumPacketSize ?? Infinity))
      return refuse("takesTooLittle", "packet-size-maximum", { device });
    explainWithin(client);
    if (principal.kind === "provisioning") {
      client.clean = true;
      client.sessionExpiryInterval = 0;
    }
    // A session belongs to who logged in: the same client id of another principal is another session, and nobody can
    // take it over.
    internals(client).id = sessionPrefix(principal) + client.id;
    // It ends with this connection, and until then it is one that has outlived another: what waits for it is sent.
    if (!cleanStart && client.clean && principal.kind !== "provisioning" && this.#options.goesOn(client.id)) {
      client.clean = false;
    }
    const key = sessionKey(client.id);
    // A session that begins anew knows nothing of what was sent before, also if it is to live on itself.
    if (cleanStart && !client.clean) this.#options.recent.begin(key, false);
    const recent = this.#options.recent.begin(key, !client.clean);
    bindConnection(new Connection(client, randomUUID(), principal, permissions, recent, wishes));
    return undefined;
  }

  /** A login that cannot be decided is refused too, and counted so. */
  #refused(why: string, who: Refused): void {
    this.#options.metrics.connects.labels({ outcome: why }).inc();
    this.#options.refusals.add("login", why, who, "a login was refused");
  }
}
