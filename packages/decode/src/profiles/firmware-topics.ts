import { DeviceTemplate } from "../device-template.ts";
import { TopicPattern } from "../topic-pattern.ts";
import { homeAssistantOf } from "./home-assistant.ts";
import type { ProfileName } from "./profiles.ts";
import { bridgeOf } from "./zigbee2mqtt.ts";

/** A route of the configuration; those without a profile bring nothing. */
interface Configured {
  readonly profile?: ProfileName;
  readonly prefix?: string;
  readonly device?: string;
}

/** How a firmware takes commands. */
export type CommandForm = "tasmota" | "shelly-rpc" | "shelly-gen1" | "zigbee2mqtt";

/** What the firmware of a profile publishes and subscribes to, beside the topics that are read. */
interface Firmware {
  /** The client that speaks for all devices and has these rights, from the template of their ids. */
  readonly speakerOf?: (device?: string) => string;
  /** Each names the device, below the configured prefix. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Of those that it subscribes to: where it takes commands, by how it takes them. */
  readonly commands?: Readonly<Partial<Record<CommandForm, string>>>;
  /** Published, too, but no device's own: they name none, or another one. */
  readonly shared: readonly string[];
}

/** What devices announce of themselves so that Home Assistant finds them. */
const discovery = ["homeassistant/+/+/config", "homeassistant/+/+/+/config"];

const firmwareOf: Readonly<Partial<Record<ProfileName, Firmware>>> = {
  // Commands that a button sends, and the retained ones that a device clears, are its own, too.
  tasmota: {
    publish: ["tele/{device}/{rest...}", "stat/{device}/{rest...}", "cmnd/{device}/{rest...}"],
    subscribe: ["cmnd/{device}/{rest...}"],
    commands: { tasmota: "cmnd/{device}/{command}" },
    shared: ["tasmota/discovery/#", ...discovery],
  },
  // One client speaks for all: its id is the first level of its topics.
  zigbee2mqtt: {
    speakerOf: bridgeOf,
    publish: ["zigbee2mqtt/{rest...}"],
    subscribe: ["zigbee2mqtt/{rest...}"],
    commands: { zigbee2mqtt: "zigbee2mqtt/{command}" },
    shared: discovery,
  },
  "home-assistant": {
    speakerOf: homeAssistantOf,
    publish: ["homeassistant/{rest...}"],
    subscribe: ["homeassistant/{rest...}"],
    shared: [],
  },
  // The answer to a call goes to the topic of the caller, `{src}/rpc`.
  shelly: {
    publish: [
      "shellies/{device}/{rest...}",
      "{device}/online",
      "{device}/announce",
      "{device}/rpc",
      "{device}/status",
      "{device}/status/{rest...}",
      "{device}/events/{rest...}",
      "{device}/debug/{rest...}",
    ],
    subscribe: ["shellies/{device}/{rest...}", "{device}/rpc", "{device}/command", "{device}/command/{rest...}"],
    commands: { "shelly-rpc": "{device}/rpc", "shelly-gen1": "shellies/{device}/command" },
    shared: ["shellies/announce", "shellies/rpc", "+/rpc"],
  },
};

/** Beside the telemetry of ThingsBoard's devices, whose topics need no profile: they name whoever is logged in. */
const ofThingsBoard = [
  "v1/devices/me/attributes",
  "v1/devices/me/attributes/request/+",
  "v1/devices/me/rpc/#",
  "v1/devices/me/claim",
].map((pattern) => new TopicPattern(pattern));

interface Owned {
  readonly pattern: TopicPattern;
  readonly device: DeviceTemplate;
}

const wildcard = /[+#]/;

/** The rights that the configured profiles bring: what a device needs so that its firmware stays connected. */
export class FirmwareTopics {
  readonly #publish: readonly Owned[];
  readonly #subscribe: readonly Owned[];
  readonly #commands: readonly (Owned & { readonly form: CommandForm })[];
  readonly #shared: readonly TopicPattern[];

  constructor(configs: readonly Configured[]) {
    const known = configs.flatMap((config) => {
      const firmware = config.profile === undefined ? undefined : firmwareOf[config.profile];
      return firmware === undefined ? [] : [{ ...config, firmware }];
    });
    const owned = (kind: "publish" | "subscribe") =>
      known.flatMap(({ prefix, device, firmware }) =>
        firmware[kind].map((pattern) => ({
          pattern: new TopicPattern(below(prefix, pattern)),
          device: new DeviceTemplate(firmware.speakerOf?.(device) ?? device ?? "{device}"),
        })),
      );
    this.#publish = owned("publish");
    this.#subscribe = owned("subscribe");
    this.#commands = known.flatMap(({ prefix, device, firmware: { commands = {}, speakerOf } }) =>
      (Object.keys(commands) as CommandForm[]).map((form) => ({
        form,
        pattern: new TopicPattern(below(prefix, commands[form]!)),
        device: new DeviceTemplate(speakerOf?.(device) ?? device ?? "{device}"),
      })),
    );
    this.#shared = known.flatMap(({ firmware }) => firmware.shared.map((pattern) => new TopicPattern(pattern)));
  }

  /** Whether the topic is the device's own, by the device's id in it. */
  mayPublish(device: string, topic: string): boolean {
    return isOwned(this.#publish, device, topic);
  }

  /** Whether all that the filter can match is for the device; a topic is a filter, too. */
  mayHear(device: string, filter: string): boolean {
    return isOwned(this.#subscribe, device, filter);
  }

  /** How the device takes commands on all that the filter matches; undefined if it takes none there. */
  commandsOf(device: string, filter: string): CommandForm | undefined {
    if (this.#commands.length === 0) return undefined;
    return this.#commands.find((owned) => isOwned([owned], device, filter))?.form;
  }

  /** Whether the firmware publishes it without its device's id: for discovery, or in answer to someone. */
  isShared(topic: string): boolean {
    if (this.#shared.length === 0) return false;
    const levels = topic.split("/");
    return this.#shared.some((pattern) => pattern.match(levels) !== undefined);
  }

  /** Whether some device's firmware publishes it. */
  has(topic: string): boolean {
    const levels = topic.split("/");
    const fits = (pattern: TopicPattern) => pattern.match(levels) !== undefined;
    return this.#publish.some(({ pattern }) => fits(pattern)) || ofThingsBoard.some(fits) || this.isShared(topic);
  }
}

/** A topic of a profile where its configuration puts it. */
export function below(prefix: string | undefined, pattern: string): string {
  return prefix === undefined || prefix === "" ? pattern : `${prefix.replace(/\/$/, "")}/${pattern}`;
}

function isOwned(owned: readonly Owned[], device: string, topicOrFilter: string): boolean {
  if (owned.length === 0) return false;
  const levels = topicOrFilter.split("/");
  return owned.some(({ pattern, device: template }) => {
    const names = pattern.match(levels);
    if (names === undefined) return false;
    // A wildcard stands for others, too; after the device's id it does not matter.
    if (template.names.some((name) => wildcard.test(names.get(name) ?? ""))) return false;
    return template.idOf(names) === device;
  });
}
