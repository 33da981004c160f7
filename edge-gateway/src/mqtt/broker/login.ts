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
import { connackCodes, connackError } from "./connack.ts";
import { bindConnection, Connection } from "./connection.ts";
import { peerOf } from "../listeners/peer.ts";
import type { Sender } from "./targets.ts";

export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface LoginOptions {
  readonly identity: Identity;
  readonly recent: RecentJournal;
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
  readonly #wills = new WeakMap<Client, Will>();

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** The will is all that the login has to know of CONNECT besides name and password. */
  noteWill(client: Client, will: Will): void {
    this.#wills.set(client, will);
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
    done(refused ?? null, refused === undefined);
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
    const will = this.#wills.get(client);
    if (will !== undefined && (principal.kind === "provisioning" || !mayPublish({ device, permissions }, will.topic))) {
      return refuse("notAuthorized", "will-not-allowed", { device, topic: will.topic.slice(0, 256) });
    }
    if (principal.kind === "provisioning") client.clean = true;
    // A session belongs to who logged in: the same client id of another principal is another session, and nobody can
    // take it over.
    internals(client).id = sessionPrefix(principal) + client.id;
    const recent = this.#options.recent.begin(sessionKey(client.id), !client.clean);
    bindConnection(new Connection(client, randomUUID(), principal, permissions, recent));
    return undefined;
  }

  /** A login that cannot be decided is refused too, and counted so. */
  #refused(why: string, who: Refused): void {
    this.#options.metrics.connects.labels({ outcome: why }).inc();
    this.#options.refusals.add("login", why, who, "a login was refused");
  }
}
