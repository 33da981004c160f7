import { type Static, Type } from "@sinclair/typebox";
import { Faults, Hops, Processes, targetSchema } from "./fault-schema.ts";
import { membersNamed, namePattern } from "./named-members.ts";
import { formatNames } from "../payloads/format-names.ts";
import { Duration, signalSchema } from "../signals/signal-schema.ts";

/** A length of time, or two of them between which one is drawn. */
const DurationRange = Type.String({
  title: "durations",
  description: "A length of time, or two between which each is drawn: `1s..10m`; also negative: `-2s..2s`",
});
/** A share of a whole. */
const Share = Type.Union([Type.String(), Type.Number({ minimum: 0, maximum: 1 })], {
  title: "share",
  description: "A share: `5%`, or 0.05",
});
const Rate = Type.String({ title: "rate", description: "How often: `5000/s`, `12/m`, `1/h`" });
const exact = { additionalProperties: false } as const;
/** Of metrics and tags, also with line breaks, which `.` leaves out. */
const anyName = "^[\\s\\S]{1,255}$";

export const profileSchema = Type.Object(
  {
    devices: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    share: Type.Optional(Share),
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    tags: Type.Optional(membersNamed(anyName, Type.String())),
    rate: Type.Optional(Rate),
    arrival: Type.Optional(Type.Union([Type.Literal("even"), Type.Literal("poisson")], { default: "even" })),
    format: Type.Optional(Type.Union(formatNames.map((name) => Type.Literal(name)))),
    edgeDevices: Type.Optional(
      Type.Integer({
        ...{ minimum: 0, maximum: 1_000 },
        description: "Of sparkplug: devices behind each edge node, which send in turns with it; default 0",
      }),
    ),
    topic: Type.Optional(Type.String({ minLength: 1, description: "With `{id}`; default: Headwater's of the format" })),
    qos: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: 2 }), membersNamed("^[012]$", Share)], {
        description: "0, 1 or 2, or a mix: `{0: 20%, 1: 80%}`",
      }),
    ),
    mqttVersion: Type.Optional(
      Type.Union([Type.Literal("3.1.1"), Type.Literal(5)], { default: 5, description: '5, or "3.1.1" in quotes' }),
    ),
    payloadBytes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Filled up to this length, where the format can" }),
    ),
    metrics: Type.Optional(membersNamed(anyName, signalSchema)),
    identity: Type.Optional(
      Type.Union([Type.Literal(false), Type.String({ minLength: 1 })], {
        description: "Metric that numbers the messages of a device (default `seq`); false: only counts are compared",
      }),
    ),
    clock: Type.Optional(
      Type.Object(
        {
          skew: Type.Optional(DurationRange),
          drift: Type.Optional(
            Type.Number({
              minimum: -1_000_000,
              maximum: 1_000_000,
              description: "Parts per million that the clock runs fast",
            }),
          ),
          jump: Type.Optional(Type.Object({ at: Duration, by: DurationRange }, exact)),
        },
        exact,
      ),
    ),
    delivery: Type.Optional(
      Type.Object(
        {
          late: Type.Optional(Share),
          lateBy: Type.Optional(DurationRange),
          missing: Type.Optional(Share),
          duplicates: Type.Optional(Share),
          disorder: Type.Optional(Share),
          storeAndForward: Type.Optional(
            Type.Object(
              {
                every: Duration,
                for: Duration,
                order: Type.Optional(Type.Union([Type.Literal("oldest-first"), Type.Literal("newest-first")])),
              },
              { ...exact, description: "Every so often readings are kept for some time and then sent at once" },
            ),
          ),
        },
        exact,
      ),
    ),
    connection: Type.Optional(
      Type.Object(
        {
          cleanSession: Type.Optional(Type.Boolean({ default: false })),
          keepAlive: Type.Optional(Duration),
          cut: Type.Optional(
            Type.Object(
              { every: DurationRange },
              { ...exact, description: "TCP is cut that often, without a DISCONNECT" },
            ),
          ),
          sleep: Type.Optional(
            Type.Object(
              { every: Duration, awake: Duration },
              { ...exact, description: "Connects that often, for that long, to send what it has kept" },
            ),
          ),
          outages: Type.Optional(
            Type.Object(
              { sites: Type.Integer({ minimum: 1, maximum: 100_000 }), every: DurationRange, for: DurationRange },
              {
                ...exact,
                description: "The devices stand at so many sites; when a site fails, all of its devices are away",
              },
            ),
          ),
          buffer: Type.Optional(
            Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Messages kept while away; default 10,000" }),
          ),
        },
        exact,
      ),
    ),
    commands: Type.Optional(
      Type.Object(
        {
          answer: Type.Optional(
            Type.Union([
              Type.Literal("succeeded"),
              Type.Literal("failed"),
              Type.Literal("rejected"),
              Type.Literal("none"),
            ]),
          ),
          delay: Type.Optional(DurationRange),
        },
        exact,
      ),
    ),
    hostile: Type.Optional(
      Type.Union(
        [Type.Literal("garbage"), Type.Literal("huge"), Type.Literal("foreign-topic"), Type.Literal("flood")],
        {
          description: "What it sends is refused or quarantined; it never counts in the verdict of the honest ones",
        },
      ),
    ),
  },
  exact,
);
export type ProfileSpec = Static<typeof profileSchema>;

const Count = Type.Integer({ minimum: 0 });
const threshold = {
  metric: Type.String({ minLength: 1 }),
  above: Type.Optional(Type.Number()),
  below: Type.Optional(Type.Number()),
  clearBelow: Type.Optional(Type.Number()),
  clearAbove: Type.Optional(Type.Number()),
  tolerance: Type.Optional(Count),
};
export const expectSchema = Type.Object(
  {
    lost: Type.Optional(Count),
    unacked: Type.Optional(Count),
    changed: Type.Optional(
      Type.Integer({ minimum: 0, description: "Stored values that are not those sent; default 0" }),
    ),
    retimed: Type.Optional(Type.Integer({ minimum: 0, description: "Stored at another time than the device gave" })),
    duplicated: Type.Optional(Count),
    reordered: Type.Optional(Count),
    refusedDevices: Type.Optional(Count),
    sentAtLeast: Type.Optional(Share),
    p99: Type.Optional(
      Type.Object(
        {
          ack: Type.Optional(Duration),
          logged: Type.Optional(Duration),
          stored: Type.Optional(Duration),
          command: Type.Optional(Duration),
        },
        { ...exact, description: "From when a message was due; of commands those that `commands` names" },
      ),
    ),
    alerts: Type.Optional(
      Type.Array(
        Type.Object(
          { rule: Type.String({ minLength: 1 }), ...threshold },
          { ...exact, description: "As many alerts of the rule as the values that were sent say" },
        ),
        { maxItems: 100 },
      ),
    ),
    commands: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Type.String({ minLength: 1 }), ...threshold },
          { ...exact, description: "A command of that name each time a device's values cross the threshold" },
        ),
        { maxItems: 100 },
      ),
    ),
    commandsAnswered: Type.Optional(Share),
  },
  exact,
);
export type ExpectSpec = Static<typeof expectSchema>;
export type ThresholdSpec = NonNullable<ExpectSpec["alerts"]>[number] | NonNullable<ExpectSpec["commands"]>[number];

export const fleetSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: "^[A-Za-z0-9_.-]+$" })),
    description: Type.Optional(Type.String()),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    devices: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: "That profiles share" })),
    duration: Type.Optional(Duration),
    load: Type.Optional(
      Type.Object(
        {
          rate: Type.Optional(Rate),
          ramp: Type.Optional(Duration),
          warmUp: Type.Optional(
            Type.String({
              ...Duration,
              description: "Latencies count from then on; what becomes of messages is told of all of them",
            }),
          ),
          bursts: Type.Optional(
            Type.Object(
              { every: Duration, for: Duration, times: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }) },
              exact,
            ),
          ),
          connects: Type.Optional(Rate),
          storms: Type.Optional(
            Type.Object(
              { every: Duration, share: Share },
              { ...exact, description: "So many connections are cut at once" },
            ),
          ),
        },
        exact,
      ),
    ),
    profiles: membersNamed(namePattern, profileSchema, {
      minProperties: 1,
      maxProperties: 100,
    }),
    target: Type.Optional(targetSchema),
    processes: Type.Optional(Processes),
    hops: Type.Optional(Hops),
    faults: Type.Optional(Faults),
    expect: Type.Optional(expectSchema),
  },
  { ...exact, $id: "urn:headwater:schema:fleet", title: "A fleet of simulated devices" },
);
export type FleetSpec = Static<typeof fleetSchema>;
