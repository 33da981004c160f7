export type Transport = "tcp" | "tls" | "ws" | "wss";

/** PEM files and what is in them. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** How a client reaches the gateway. */
export interface Way {
  readonly transport: Transport;
  readonly port: number;
  readonly caFile: string;
  readonly ca: string;
  readonly certificate?: Certificate | undefined;
}

export interface DeviceLogin {
  readonly id: string;
  readonly token: string;
}

/** What a device does with its MQTT library, whichever that is. */
export interface RealClient {
  readonly name: string;
  readonly transports: readonly Transport[];
  /**
   * Logs in; publishes `{"q0":n}`, `{"q1":n}` and `{"q2":n}` each with that QoS; subscribes to its commands, waits for
   * one and answers `succeeded` with its name as the result. Resolves with the payload of the command.
   */
  work(way: Way, login: DeviceLogin, n: number): Promise<string>;
  /** Resolves with whether the gateway let it in. */
  isLetIn(way: Way, login: DeviceLogin): Promise<boolean>;
}

export const telemetryTopic = (id: string): string => `devices/${id}/telemetry`;
export const commandFilter = (id: string): string => `devices/${id}/commands/+`;
export const replyOf = (payload: string): string =>
  JSON.stringify({ status: "succeeded", result: (JSON.parse(payload) as { name: string }).name });
