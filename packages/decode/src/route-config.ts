import { Type, type Static } from "@sinclair/typebox";
import { ConfigError } from "@headwater/core";
import { below } from "./profiles/firmware-topics.ts";
import { namedDecoders, type DecoderName, type NamedDecoder } from "./named-decoders.ts";
import { optionsOfProfile, profiles, profilesWithSender, type ProfileName } from "./profiles/profiles.ts";
import { formOf, routeForm } from "./route-form.ts";
import { builtInRoutes, Routes, type RouteSpec } from "./routes.ts";
import { templateNames } from "./device-template.ts";
import { TopicPattern } from "./topic-pattern.ts";

const maxPattern = 512;
const literals = <Name extends string>(names: readonly Name[], description: string) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description },
  );

/** Which user properties are kept, by their names. */
export const userPropertyNames = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  maxItems: 16,
  uniqueItems: true,
  description: "User properties of MQTT 5 that are kept with the event, as its attributes user.{name}",
});

/** Routes beyond a device's own topics: a whole profile, or one pattern with one format. */
export const routeConfig = Type.Object(
  {
    profile: Type.Optional(
      literals(Object.keys(profiles) as ProfileName[], "All topics of what others publish, instead of one topic"),
    ),
    prefix: Type.Optional(Type.String({ maxLength: maxPattern, description: "Levels before the profile's topics" })),
    topic: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: maxPattern,
        description: "Instead of a profile: levels as they are, + for any, {name} to take one, {name...} for the rest",
      }),
    ),
    decoder: Type.Optional(
      literals(Object.keys(namedDecoders) as DecoderName[], "How the payload is read; with a topic"),
    ),
    metric: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: "For the decoder value, where the topic names none" }),
    ),
    device: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: maxPattern,
        description: "The device's id, from names of the topic: {site}:{name}",
      }),
    ),
    sender: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: maxPattern,
        description: "The id of who sends it, where one speaks for several devices: {gateway}, chirpstack",
      }),
    ),
    userProperties: Type.Optional(userPropertyNames),
    ...routeForm,
  },
  { additionalProperties: false },
);
export type RouteConfig = Static<typeof routeConfig>;

/**
 * The routes that a configuration names, in its order. Called once for each connection to a broker, since a profile may
 * remember what it heard. Throws ConfigError that says which entry is wrong and how.
 */
export function routesOf(configs: readonly RouteConfig[]): readonly RouteSpec[] {
  const earlier = new EarlierRoutes();
  return configs.flatMap((config, index) => {
    try {
      const { profile, userProperties } = config;
      const made = profile === undefined ? [single(config)] : ofProfile(config, profile);
      const specs = userProperties === undefined ? made : made.map((spec) => ({ ...spec, userProperties }));
      // Compiling them tells of patterns that are none, before any message comes.
      void new Routes(specs);
      for (const { pattern } of specs) checkLevels(pattern);
      earlier.add(`routes[${index}]`, specs);
      return specs;
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`routes[${index}]: ${error.message}`);
      throw error;
    }
  });
}

/** Of the routes that fit a topic the first counts, so that one behind those that read all of its topics reads none. */
class EarlierRoutes {
  readonly #routes: { readonly where: string; readonly pattern: TopicPattern; readonly text: string }[] = [];

  constructor() {
    this.#note("the topics of devices themselves", builtInRoutes);
  }

  /** Throws ConfigError for a route that would never be asked. */
  add(where: string, specs: readonly RouteSpec[]): void {
    const before = specs.map(({ pattern }) => {
      const compiled = new TopicPattern(pattern);
      return this.#routes.find((route) => route.pattern.covers(compiled));
    });
    const [first] = before;
    if (first !== undefined && before.every((route) => route !== undefined))
      throw new ConfigError(
        `${first.where} (${first.text}) come before it and read all of its topics; ` +
          "put the narrower route first, or leave it out",
      );
    this.#note(where, specs);
  }

  #note(where: string, specs: readonly RouteSpec[]): void {
    for (const { pattern } of specs) this.#routes.push({ where, pattern: new TopicPattern(pattern), text: pattern });
  }
}

/** Throws ConfigError for a level that no topic has. */
function checkLevels(pattern: string): void {
  const level = pattern.split("/").find((each) => each !== "+" && /[+\p{Cc}\p{Noncharacter_Code_Point}]/u.test(each));
  if (level !== undefined)
    throw new ConfigError(
      `no topic has the level ${JSON.stringify(level)}: + has to be a level of its own, control characters cannot be`,
    );
}

function ofProfile(config: RouteConfig, profile: ProfileName): RouteSpec[] {
  const { prefix, topic, decoder, metric, device, sender } = config;
  if (sender !== undefined && profilesWithSender.has(profile))
    throw new ConfigError(`the profile ${profile} says itself who sends its topics`);
  if (topic !== undefined || decoder !== undefined || metric !== undefined)
    throw new ConfigError("a profile has its own topics and decoders");
  if (profile === "sparkplug" && device !== undefined)
    throw new ConfigError("the devices of sparkplug are named by group and node");
  if (profile === "sparkplug" && prefix !== undefined)
    throw new ConfigError("sparkplug has its topics by specification, without a prefix");
  const form = formOf(config, `the profile ${profile}`, optionsOfProfile[profile] ?? []);
  return profiles[profile](device, form).map((spec) => ({
    ...spec,
    ...speaking(sender),
    pattern: below(prefix, spec.pattern),
  }));
}

/** Topics that one client sends for several devices. */
function speaking(sender: string | undefined): Pick<RouteSpec, "sender" | "ownToo"> {
  if (sender === undefined) return {};
  if (templateNames(sender).length === 0 && /[/+#]/.test(sender)) throw new ConfigError("sender is no id");
  return { sender, ownToo: true };
}

function single(config: RouteConfig): RouteSpec {
  const { prefix, topic, decoder, metric, device, sender } = config;
  if (topic === undefined || decoder === undefined) throw new ConfigError("needs a profile, or a topic and a decoder");
  if (prefix !== undefined) throw new ConfigError("prefix is for profiles");
  const takesMetric = topic.includes("{metric}") || topic.includes("{metric...}");
  if (decoder === "value" && metric === undefined && !takesMetric)
    throw new ConfigError("the decoder value needs {metric} in the topic, or metric");
  if (metric !== undefined && (decoder !== "value" || takesMetric))
    throw new ConfigError("metric is for the decoder value, where the topic names none");
  if (device === undefined && !topic.includes("{device}") && !topic.includes("{device...}"))
    throw new ConfigError("nothing says the device: {device} in the topic, or device");
  if (device !== undefined && templateNames(device).length === 0 && /[/+#]/.test(device))
    throw new ConfigError("device is no id");
  const named: NamedDecoder = namedDecoders[decoder];
  if (takesMetric && !named.takesMetric)
    throw new ConfigError(`the decoder ${decoder} names its metrics itself: {metric} in the topic needs another name`);
  const decoderOf = named.decoderOf(formOf(config, `the decoder ${decoder}`, named.takes));
  return {
    pattern: topic,
    device: device ?? "{device}",
    ...speaking(sender),
    decoderOf:
      metric === undefined
        ? decoderOf
        : (match) => decoderOf({ ...match, names: new Map([...match.names, ["metric", metric]]) }),
  };
}
