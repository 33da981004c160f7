import type { ApiClient } from "@headwater/client";

/** Which process a test means; in the all-in-one they are one. */
export const serviceNames = ["gateway", "ingest", "rules"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A running Headwater, as a device, a person and an operator see it. */
export interface Platform {
  /** Where devices connect; changes only with `instance`. */
  mqttUrl(instance?: number): string;
  /** Devices, telemetry, commands, quarantine, ledger. */
  readonly ingest: ApiClient;
  /** Rules and alerts. */
  readonly rules: ApiClient;
  readonly rulesUrl: string;
  readonly token: string;
  /** HTTP address of a process. */
  httpUrl(service: ServiceName, instance?: number): string;
  /** kill -9 of one instance; resolves when it is gone. */
  kill(service: ServiceName, instance?: number): Promise<void>;
  /** Starts it again with the same settings and folder; resolves when it is ready. */
  restart(service: ServiceName, instance?: number): Promise<void>;
  /** What the processes printed last, for the message of a failing test. */
  output(): string;
  /** Where the first process listened at its last start, as it printed. */
  addresses(): readonly string[];
  /** SIGTERM to all; resolves with their exit codes. */
  stop(): Promise<readonly (number | null)[]>;
  /** Plain InfluxDB, where the platform stores there. */
  readonly influx?: { url: string; org: string; bucket: string; token: string };
}

export interface OpenPlatform {
  (options?: {
    instances?: number;
    partitions?: number;
    settings?: Readonly<Record<string, string>>;
  }): Promise<Platform>;
}
