import { LogRejectedCredentialsError, LogUnavailableError, LogUnusableError } from "../errors.ts";
import Connection from "kafkajs/src/network/connection.js";
import type { KafkaLogger, Protocol, ProtocolResponse } from "kafkajs/src/network/connection.js";
import apiKeys from "kafkajs/src/protocol/requests/apiKeys.js";
import protocols from "kafkajs/src/protocol/requests/index.js";
import type { ApiVersions } from "kafkajs/src/protocol/requests/index.js";
import { HeadwaterError, type Logger } from "@headwater/core";
import { asTyped, isDistrusted, isForbidden, protocolErrorType, troubleDetails } from "./kafka-errors.ts";
import { mendRequestQueue } from "./mended-request-queue.ts";
import { openSocket } from "./open-socket.ts";
import { missingApis } from "./required-apis.ts";
import type { KafkaSettings } from "./settings.ts";

interface ApiVersion {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

const TOLD_THROTTLE_MS = 1000;
const THROTTLE_QUIET_MS = 60_000;

/**
 * One connection to one broker, authenticated. A broker answers the requests of a connection one after the other, so
 * requests that wait on purpose (a fetch, a join) have one of their own. Not repaired: after an error it is destroyed
 * and a new one is made.
 */
export class BrokerConnection {
  readonly #connection: Connection;
  readonly #address: BrokerAddress;
  readonly #settings: KafkaSettings;
  #versions: ApiVersions = {};
  readonly #waiting = new Set<(error: unknown) => void>();
  #destroyed = false;
  #throttleToldAt = Number.NEGATIVE_INFINITY;

  private constructor(address: BrokerAddress, settings: KafkaSettings) {
    this.#address = address;
    this.#settings = settings;
    this.#connection = new Connection({
      ...address,
      logger: quiet(settings.logger),
      socketFactory: openSocket,
      requestTimeout: settings.requestTimeoutMs,
      connectionTimeout: settings.connectTimeoutMs,
      ssl: settings.ssl === true ? {} : settings.ssl === false ? null : settings.ssl,
      sasl: settings.sasl ?? null,
      clientId: settings.clientId,
      enforceRequestTimeout: true,
    });
    mendRequestQueue(this.#connection.requestQueue);
    this.#tellOfThrottling();
  }

  /**
   * Rejects with LogUnavailableError when the broker does not answer in time, with LogRejectedCredentialsError when it
   * refuses the credentials.
   */
  static async open(address: BrokerAddress, settings: KafkaSettings): Promise<BrokerConnection> {
    const connection = new BrokerConnection(address, settings);
    try {
      await connection.#open();
      return connection;
    } catch (error) {
      connection.destroy();
      throw connection.#typed(error, "connecting");
    }
  }

  get isUsable(): boolean {
    return !this.#destroyed && this.#connection.isConnected();
  }

  /**
   * A request of kafkajs by its name, in the newest version that both sides know. Rejects with the broker's error as
   * kafkajs makes it; `lenient` leaves the errors in the answer, for answers about many things of which some may be
   * well.
   */
  async call<Answer>(
    name: string,
    options: object,
    { requestTimeoutMs, lenient = false }: { requestTimeoutMs?: number; lenient?: boolean } = {},
  ): Promise<Answer> {
    const protocol = protocols.lookup(this.#versions)(apiKeys[name]!, protocols.requests[name]!)(options);
    const given = protocol.response;
    const response = lenient
      ? { decode: (payload: Buffer) => given.decode(payload), parse: (decoded: unknown) => Promise.resolve(decoded) }
      : given;
    return this.send({ request: protocol.request, response, requestTimeout: requestTimeoutMs } as Protocol<Answer>);
  }

  /** Whether the broker knows that version of a request. */
  knows(apiKey: number, version: number): boolean {
    return (this.#versions[apiKey]?.maxVersion ?? -1) >= version;
  }

  send<Answer>(protocol: Protocol<Answer>): Promise<Answer> {
    if (this.#destroyed) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      this.#connection
        .send<Answer>({ ...protocol, response: checked(protocol.response), logResponseError: false })
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  }

  /** At once: requests without an answer are rejected. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    const connection = this.#connection;
    const error = this.#closedError();
    // kafkajs knows only of requests that it has sent; one that is being encoded would wait for ever.
    for (const reject of this.#waiting) reject(error);
    connection.rejectRequests(error);
    connection.requestQueue.destroy();
    // Marks it as closed; with nothing pending there is nothing to wait for.
    connection.disconnect().catch((problem: unknown) => {
      this.#settings.logger.debug({ err: problem }, "closing a Kafka connection");
    });
    connection.socket?.destroy();
  }

  async #open(): Promise<void> {
    await this.#connection.connect();
    const list = await this.#askVersions();
    this.#versions = Object.fromEntries(list.map(({ apiKey, ...versions }) => [apiKey, versions]));
    const missing = missingApis(this.#versions);
    if (missing.length > 0) {
      throw new LogUnusableError(
        `Headwater needs Kafka 2.4 or later; what answers at ${this.#name} lacks ${missing.join(", ")}`,
      );
    }
    this.#connection.setVersions(this.#versions);
    this.#connection.setSupportAuthenticationProtocol(true);
    await this.#connection.authenticate();
  }

  /** A client beyond its quota is slow without an error; whoever wonders should find the reason. */
  #tellOfThrottling(): void {
    const queue = this.#connection.requestQueue;
    const throttle = queue.maybeThrottle.bind(queue);
    queue.maybeThrottle = (ms) => {
      throttle(ms);
      const now = performance.now();
      if (ms === undefined || ms < TOLD_THROTTLE_MS || now < this.#throttleToldAt + THROTTLE_QUIET_MS) return;
      this.#throttleToldAt = now;
      const { logger, clientId } = this.#settings;
      logger.warn({ broker: this.#name, clientId, ms }, "Kafka slows this client down: it has used up its quota");
    };
  }

  async #askVersions(): Promise<readonly ApiVersion[]> {
    const ask = async (version: number): Promise<readonly ApiVersion[]> => {
      const request = protocols.requests["ApiVersions"]!.protocol({ version })();
      const protocol = { ...request, response: checked(request.response), logResponseError: false };
      return ((await this.#connection.send(protocol)) as { apiVersions: readonly ApiVersion[] }).apiVersions;
    };
    try {
      return await ask(2);
    } catch (error) {
      // A broker that is too old for the question still says so, and answers the oldest form of it.
      if (protocolErrorType(error) !== "UNSUPPORTED_VERSION") throw error;
      return ask(0);
    }
  }

  #closedError(): LogUnavailableError {
    return new LogUnavailableError(`the connection to ${this.#name} was closed`);
  }

  get #name(): string {
    return `${this.#address.host}:${this.#address.port}`;
  }

  #typed(error: unknown, doing: string): unknown {
    if (error instanceof LogUnusableError) return error;
    // No token, say: the broker was not even asked.
    if (error instanceof HeadwaterError) return error;
    if (isForbidden(error)) return asTyped(error, `${doing} to ${this.#name}`);
    if (isDistrusted(error)) {
      return new LogRejectedCredentialsError(
        `Kafka at ${this.#name} shows a certificate that is not trusted: ${error instanceof Error ? error.message : String(error)}; name its authority in HEADWATER_KAFKA_SSL_CA_FILE`,
        { cause: error },
      );
    }
    return new LogUnavailableError(
      `Kafka at ${this.#name} does not answer: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error, details: troubleDetails(error) },
    );
  }
}

/** Bytes may have changed on their way: an answer that cannot be read is no answer, and its connection is done with. */
function checked<Decoded, Parsed>(response: ProtocolResponse<Decoded, Parsed>): ProtocolResponse<Decoded, Parsed> {
  return {
    parse: (decoded) => response.parse(decoded),
    decode: async (payload) => {
      try {
        return await response.decode(payload);
      } catch (error) {
        if (error instanceof HeadwaterError || (error instanceof Error && error.name.startsWith("KafkaJS")))
          throw error;
        throw new LogUnavailableError("an answer of Kafka cannot be read", { cause: error });
      }
    },
  };
}

/** Lines of kafkajs tell of single connections; their users report what matters about them. */
function quiet(logger: Logger): KafkaLogger {
  const debug = (message: string, extra: object = {}): void => logger.debug({ kafka: extra }, message);
  const nothing = (): void => {};
  const adapted: KafkaLogger = { namespace: () => adapted, debug: nothing, info: nothing, warn: debug, error: debug };
  return adapted;
}
