import { ConfigError } from "@headwater/core";
import type { BridgeConfig } from "../config/bridge-settings.ts";
import { brokerRoutes, type RouteConfig, TopicPattern } from "@headwater/decode";

export interface Subscription {
  /** As the broker is asked for it, with `$share/group/`. */
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  readonly shared: boolean;
}

export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
}

export interface CommandSpec {
  readonly topic: string;
  readonly reply: string;
  readonly heardWithinMs: number;
  readonly maxDevices: number;
}

/** A bridge as it is configured, with everything filled in. */
export interface BridgeSpec {
  readonly name: string;
  readonly url: string;
  readonly version: 4 | 5;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly tls: TlsFiles;
  readonly subscriptions: readonly Subscription[];
  readonly routes: readonly RouteConfig[];
  readonly ignoresUnrouted: boolean;
  readonly takesRetained: boolean;
  readonly receiveMaximum: number;
  readonly maxPacketBytes: number;
  readonly keepAliveSeconds: number;
  readonly sessionExpirySeconds: number;
  readonly commands: CommandSpec | undefined;
}

const schemes = ["mqtt:", "mqtts:", "ws:", "wss:"];
const hour = 3_600_000;

/** The bridges that are on. Throws ConfigError that says which entry is wrong, how, and what to do. */
export function bridgeSpecs(
  configs: readonly BridgeConfig[],
  gateway: string,
  routes: readonly RouteConfig[],
): readonly BridgeSpec[] {
  const names = new Set<string>();
  return configs.flatMap((config, index) => {
    if (names.has(config.name)) throw new ConfigError(`bridges[${index}]: there is another bridge ${config.name}`);
    names.add(config.name);
    try {
      const spec = specOf(config, gateway, routes);
      return config.enabled === false ? [] : [spec];
    } catch (error) {
      if (error instanceof ConfigError)
        throw new ConfigError(`bridges[${index}] (${config.name}): ${error.message}`, { cause: error });
      throw error;
    }
  });
}

function specOf(config: BridgeConfig, gateway: string, gatewayRoutes: readonly RouteConfig[]): BridgeSpec {
  const { name, tls = {}, commands, username, passwordFile } = config;
  checkUrl(config.url, tls);
  if (passwordFile !== undefined && username === undefined) throw new ConfigError("a password needs a username");
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined))
    throw new ConfigError("tls needs both certFile and keyFile, or neither");
  const routes = config.routes ?? gatewayRoutes;
  // Compiling them tells of routes that are none, before any message comes.
  void brokerRoutes(routes);
  const commandSpec = commands === undefined ? undefined : commandSpecOf(commands);
  return {
    name,
    url: config.url,
    version: config.protocol === "3.1.1" ? 4 : 5,
    clientId: config.clientId ?? `headwater-${gateway}-${name}`,
    username,
    passwordFile,
    tls,
    subscriptions: subscriptionsOf(config, commandSpec),
    routes,
    ignoresUnrouted: config.unrouted === "ignore",
    takesRetained: config.retained === "take",
    receiveMaximum: config.receiveMaximum ?? 1000,
    maxPacketBytes: config.maxPacketBytes ?? 256 * 1024,
    keepAliveSeconds: config.keepAliveSeconds ?? 30,
    sessionExpirySeconds: config.sessionExpirySeconds ?? 7 * 24 * 3600,
    commands: commandSpec,
  };
}

function checkUrl(text: string, tls: TlsFiles): void {
  if (!URL.canParse(text)) throw new ConfigError("url is no URL; give one like mqtts://broker.example:8883");
  const url = new URL(text);
  if (!schemes.includes(url.protocol) || url.hostname === "")
    throw new ConfigError("url has to begin with mqtt://, mqtts://, ws:// or wss:// and name a host");
  if (url.username !== "" || url.password !== "")
    throw new ConfigError("url may not hold a login; give username and passwordFile");
  if (Object.keys(tls).length > 0 && (url.protocol === "mqtt:" || url.protocol === "ws:"))
    throw new ConfigError("tls is for mqtts:// and wss://");
}

function commandSpecOf({
  topic = "devices/{device}/commands/{commandId}",
  reply = "devices/{device}/commands/{commandId}/reply",
  heardWithinHours = 24,
  maxDevices = 10_000,
}: NonNullable<BridgeConfig["commands"]>): CommandSpec {
  for (const [what, pattern] of Object.entries({ topic, reply })) {
    const { names } = new TopicPattern(pattern);
    if (names.toSorted().join() !== "commandId,device" || /(?:^|\/)[+#](?:\/|$)|\.\.\.\}/.test(pattern))
      throw new ConfigError(
        `commands.${what} has to hold {device} and {commandId}, a level each, and nothing else to fill in`,
      );
  }
  if (topic === reply) throw new ConfigError("commands.topic and commands.reply may not be the same");
  return { topic, reply, heardWithinMs: heardWithinHours * hour, maxDevices };
}

/** The configured filters and those of command replies, each once. */
function subscriptionsOf(config: BridgeConfig, commands: CommandSpec | undefined): readonly Subscription[] {
  const all = config.subscriptions.map(({ filter, qos = 1, share }): Subscription => {
    if (!isFilter(filter)) throw new ConfigError(`${filter} is no topic filter`);
    if (filter.startsWith("$share/")) throw new ConfigError(`give the group of ${filter} as share`);
    return { filter: share === undefined ? filter : `$share/${share}/${filter}`, qos, shared: share !== undefined };
  });
  if (commands !== undefined) {
    const filter = commands.reply.replaceAll(/\{[A-Za-z]+\}/g, "+");
    // A filter that covers it would deliver every reply twice.
    const covered = config.subscriptions.some((own) => covers(own.filter, filter));
    if (!covered) all.push({ filter, qos: 1, shared: false });
  }
  if (new Set(all.map(({ filter }) => filter)).size !== all.length) throw new ConfigError("a filter is there twice");
  return all;
}

function isFilter(filter: string): boolean {
  const levels = filter.split("/");
  return levels.every(
    (level, index) => level === "+" || (level === "#" && index === levels.length - 1) || !/[+#\0]/.test(level),
  );
}

/** Whether all topics of the second filter are topics of the first. */
function covers(filter: string, other: string): boolean {
  const levels = filter.split("/");
  const others = other.split("/");
  for (let i = 0; i < levels.length; i += 1) {
    if (levels[i] === "#") return true;
    if (i >= others.length || (levels[i] !== "+" && levels[i] !== others[i])) return false;
  }
  return levels.length === others.length;
}
