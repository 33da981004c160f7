import type { ParseArgsConfig } from "node:util";
import type { InputOf } from "@headwater/client";

/** What a device group saves. */
export const filterOptions = {
  type: { type: "string" },
  tag: { type: "string", multiple: true },
  attribute: { type: "string", multiple: true },
  search: { type: "string" },
  connected: { type: "boolean" },
  disconnected: { type: "boolean" },
  "seen-after": { type: "string" },
  "seen-before": { type: "string" },
  registered: { type: "string" },
} as const satisfies NonNullable<ParseArgsConfig["options"]>;

/** The options that say which devices are meant. */
export const fleetOptions = { ...filterOptions, group: { type: "string" } } as const;

export const filterUsage = `  --type TYPE, --tag NAME:VALUE, --attribute NAME:VALUE, --search TEXT
                     devices that have these (--tag and --attribute may be repeated; all have to fit)
  --connected, --disconnected
                     with an MQTT session, or without
  --seen-after TIME, --seen-before TIME
                     seen since that time, or not seen since: ISO 8601, or relative like -1h
  --registered WHICH true (default), false (heard, and nobody registered it) or any`;

export const fleetUsage = `${filterUsage}
  --group NAME       devices of a group (see headwater groups); other options choose among them`;

export interface FleetValues {
  readonly type?: string | undefined;
  readonly tag?: string[] | undefined;
  readonly attribute?: string[] | undefined;
  readonly search?: string | undefined;
  readonly connected?: boolean | undefined;
  readonly disconnected?: boolean | undefined;
  readonly "seen-after"?: string | undefined;
  readonly "seen-before"?: string | undefined;
  readonly registered?: string | undefined;
  readonly group?: string | undefined;
}

type DeviceQuery = NonNullable<InputOf<"GET", "/api/v1/devices">["query"]>;

/** Those that were given, as parameters of the API, which says what is wrong with them. */
export function fleetParameters(values: FleetValues) {
  const given = {
    type: values.type,
    tag: values.tag,
    attribute: values.attribute,
    q: values.search,
    connected: values.connected === true ? true : values.disconnected === true ? false : undefined,
    lastSeenAfter: values["seen-after"],
    lastSeenBefore: values["seen-before"],
    registered: values.registered as DeviceQuery["registered"],
    group: values.group,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
    Pick<
      DeviceQuery,
      "type" | "tag" | "attribute" | "q" | "connected" | "lastSeenAfter" | "lastSeenBefore" | "registered" | "group"
    >
  >;
}
