import type { Static, TObject } from "@sinclair/typebox";
import type { EventLog, EventLogSettings, TopicNames } from "@headwater/event-log";
import type { Logger } from "@headwater/core";
import type { Access, OidcProvider } from "../access/index.ts";
import type { ProcessSettings } from "../config/index.ts";
import type { HttpServer } from "../http/index.ts";
import type { Lifecycle } from "../lifecycle/index.ts";
import type { Metrics } from "../metrics/index.ts";
import type { ServiceApp } from "../service-app.ts";

/** The parts of the process that its services share, and the settings of this one. */
export interface ServiceContext<Config> {
  readonly config: Config & ProcessSettings & EventLogSettings;
  readonly log: EventLog;
  readonly topics: TopicNames;
  /** Of every topic that is keyed by device. */
  readonly partitions: number;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly http: HttpServer;
  readonly access: Access;
  /** The names of the services in this process. */
  readonly services: readonly string[];
  /** At which people sign in, if it is configured. */
  readonly provider: OidcProvider | undefined;
  /** For parts that start before the service and stop after it, as a store. */
  readonly lifecycle: Lifecycle;
}

/** A service as the host sees it: the settings it reads, how it is wired, where it listens. */
export interface HostedService<Settings extends TObject = TObject, App extends ServiceApp = ServiceApp> {
  /** Names it in log lines. */
  readonly name: string;
  /** Its settings beside those of every process and of the event log. */
  readonly settings: Settings;
  /** Whether it may write access.v1. Default: it reads it. */
  readonly writesAccess?: boolean;
  /** Wires it; nothing moves before the start. A method, so that services of other settings fit into one list. */
  create(context: ServiceContext<Static<Settings>>): App | Promise<App>;
  /** Throws ConfigError for settings that the schema lets pass and that cannot be; nothing has been made by then. */
  check?(settings: Static<Settings>): void;
  /** The largest record that it appends with these settings (key, value and headers); absent: what any log takes. */
  maxRecordBytes?(settings: Static<Settings>): number;
  /** The folder of the web page that it serves, as it was built. */
  readonly pageFolder?: string;
  /** Where it listens besides HTTP, as URLs; asked for after the start. */
  addresses?(app: App): readonly string[];
}
