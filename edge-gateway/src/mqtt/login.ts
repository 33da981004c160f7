import type { Client } from "aedes";
import type { Logger } from "@headwater/service-kit";
import { randomUUID } from "node:crypto";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { RecentJournal } from "../redelivery/recent-journal.ts";
import { sessionKey } from "../redelivery/recent-publishes.ts";
import { internals } from "./aedes-internals.ts";
import { connackCodes, connackError, type Authenticator } from "./authenticator.ts";
import { bindConnection, Connection } from "./connection.ts";
import { peerOf } from "./peer.ts";

export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface LoginOptions {
  readonly authenticator: Authenticator;
  readonly recent: RecentJournal;
  /** Whether this principal may publish there. */
  readonly mayPublish: (device: string | undefined, topic: string) => boolean;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

type Refusal = ReturnType<typeof connackError>;

/** What happens between CONNECT and CONNACK: who it is, whether its last will is allowed, and the connection that it gets. */
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
      refused = connackError(connackCodes.unavailable, "unavailable");
    }
    done(refused ?? null, refused === undefined);
  }

  async #decide(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): Promise<Refusal | undefined> {
    const { metrics, logger, authenticator, mayPublish } = this.#options;
    const login = await authenticator.login(username, password);
    if ("refused" in login) {
      metrics.connects.labels({ outcome: login.why }).inc();
      const { address } = peerOf(client.conn);
      logger.info({ user: username?.slice(0, 128), address, why: login.why }, "a login was refused");
      return connackError(login.refused, login.why);
    }
    const will = this.#wills.get(client);
    if (will !== undefined && !mayPublish(login.device, will.topic)) {
      metrics.connects.labels({ outcome: "will-not-allowed" }).inc();
      return connackError(connackCodes.notAuthorized, "will-not-allowed");
    }
    // A session belongs to who logged in: the same client id of another principal is another session, and nobody can take it over.
    internals(client).id = `${login.device ?? ""}/${client.id}`;
    const recent = this.#options.recent.begin(sessionKey(client.id), !client.clean);
    bindConnection(new Connection(client, randomUUID(), login.device, login.credentialId, recent));
    return undefined;
  }
}
