import type { Logger } from "@headwater/core";
import type { LogGap } from "../event-log.ts";

export type SaslSettings =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: "oauthbearer";
      /** Answers a fresh token; asked again whenever the broker wants one. */
      readonly oauthBearerProvider: () => Promise<{ readonly value: string }>;
    };

/** How record batches are written; batches of every codec are read. */
export type Compression = "none" | "zstd";

/** Settings that every part of the adapter needs to reach a broker. */
export interface KafkaSettings {
  /** `host:port` of brokers to begin with. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** `true`, or options of node:tls (ca, cert, key…). */
  readonly ssl: boolean | object;
  readonly sasl: SaslSettings | undefined;
  readonly connectTimeoutMs: number;
  /** How long an answer may take; also the bound on an append. */
  readonly requestTimeoutMs: number;
  readonly compression: Compression;
  /** What a batch of records may unpack to; beyond it its offsets are a gap. */
  readonly maxUnpackedBytes: number;
  /** A reader of this process goes past a gap. */
  readonly onGap: (gap: LogGap) => void;
  readonly logger: Logger;
}
