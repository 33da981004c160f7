// The parts of kafkajs below its public surface that this adapter stands on. The version is pinned exactly.

declare module "kafkajs/src/network/connection.js" {
  export interface KafkaLogger {
    namespace(name: string): KafkaLogger;
    debug(message: string, extra?: object): void;
    info(message: string, extra?: object): void;
    warn(message: string, extra?: object): void;
    error(message: string, extra?: object): void;
  }
  export interface ProtocolRequest {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** Answers something with the encoded body as `buf` and `buffer`. */
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
    expectResponse?(): boolean;
  }
  export interface ProtocolResponse<Decoded, Parsed> {
    decode(payload: Buffer): Promise<Decoded>;
    parse(decoded: Decoded): Promise<Parsed>;
  }
  export interface Protocol<Parsed = unknown, Decoded = unknown> {
    readonly request: ProtocolRequest;
    readonly response: ProtocolResponse<Decoded, Parsed>;
    readonly requestTimeout?: number;
    readonly logResponseError?: boolean;
  }
  export interface RequestQueue {
    readonly pending: readonly unknown[];
    readonly inflight: ReadonlyMap<number, { sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }>;
    readonly requestTimeout: number;
    readonly isConnected: () => boolean;
    /** By the wall clock, milliseconds. */
    throttledUntil: number;
    requestTimeoutIntervalId?: NodeJS.Timeout;
    scheduleRequestTimeoutCheck(): void;
    scheduleCheckPendingRequests(): void;
    maybeThrottle(ms: number | undefined): void;
    destroy(): void;
  }
  class Connection {
    constructor(options: {
      readonly host: string;
      readonly port: number;
      readonly logger: KafkaLogger;
      readonly socketFactory: unknown;
      readonly requestTimeout: number;
      readonly connectionTimeout: number;
      readonly ssl?: object | null;
      readonly sasl?: object | null;
      readonly clientId: string;
      readonly enforceRequestTimeout: boolean;
    });
    readonly requestQueue: RequestQueue;
    readonly socket?: { destroy(): void };
    connect(): Promise<boolean>;
    disconnect(): Promise<boolean>;
    isConnected(): boolean;
    setVersions(versions: object): void;
    setSupportAuthenticationProtocol(isSupported: boolean): void;
    authenticate(): Promise<void>;
    rejectRequests(error: Error): void;
    send<Parsed>(protocol: Protocol<Parsed>): Promise<Parsed>;
  }
  export default Connection;
}

declare module "kafkajs/src/network/socketFactory.js" {
  export interface SocketOptions {
    readonly host: string;
    readonly port: number;
    readonly ssl?: object | null;
    onConnect(): void;
  }
  const createSocketFactory: () => (options: SocketOptions) => import("node:net").Socket;
  export default createSocketFactory;
}

declare module "kafkajs/src/protocol/requests/index.js" {
  import type { Protocol } from "kafkajs/src/network/connection.js";
  export interface RequestDefinition {
    readonly versions: readonly string[];
    protocol(options: { readonly version: number }): (options?: object) => Protocol;
  }
  export type ApiVersions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;
  const protocols: {
    readonly requests: Readonly<Record<string, RequestDefinition>>;
    lookup(versions: ApiVersions): (apiKey: number, definition: RequestDefinition) => (options?: object) => Protocol;
  };
  export default protocols;
}

declare module "kafkajs/src/protocol/requests/apiKeys.js" {
  const apiKeys: Readonly<Record<string, number>>;
  export default apiKeys;
}

declare module "kafkajs/src/consumer/assignerProtocol.js" {
  const assignerProtocol: {
    readonly MemberMetadata: {
      encode(metadata: { version: number; topics: readonly string[]; userData?: Buffer }): Buffer;
      decode(bytes: Buffer): { version: number; topics: string[]; userData: Buffer | null };
    };
    readonly MemberAssignment: {
      encode(assignment: { version: number; assignment: Record<string, number[]>; userData?: Buffer }): Buffer;
      decode(bytes: Buffer): { version: number; assignment: Record<string, number[]>; userData: Buffer | null } | null;
    };
  };
  export default assignerProtocol;
}

declare module "kafkajs/src/protocol/error.js" {
  const errors: { createErrorFromCode(code: number): Error & { readonly type: string } };
  export default errors;
}

declare module "kafkajs/src/protocol/decoder.js" {
  class Decoder {
    constructor(bytes: Buffer);
  }
  export default Decoder;
}

declare module "kafkajs/src/protocol/recordBatch/v0/decoder.js" {
  import type Decoder from "kafkajs/src/protocol/decoder.js";
  const decode: (decoder: Decoder) => Promise<{
    readonly records: readonly { key: Buffer | null; value: Buffer | null; headers: Record<string, Buffer> }[];
  }>;
  export default decode;
}
