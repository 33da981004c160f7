import { Type, type Static } from "@sinclair/typebox";
import { routeConfig } from "@headwater/decode";
import { largestPacketBytes } from "./largest-packet.ts";

const path = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }));
const text = (description: string, maxLength = 512) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }));

/** An existing broker that the gateway subscribes to. What is left out has the default that its description names. */
export const bridgeConfig = Type.Object(
  {
    name: Type.String({
      pattern: "^[a-z0-9][a-z0-9-]{0,31}$",
      description: "Names it in metrics, logs and health; lower-case letters, digits and hyphens",
    }),
    enabled: Type.Optional(Type.Boolean({ description: "Default true" })),
    url: Type.String({ minLength: 1, maxLength: 2048, description: "mqtt://, mqtts://, ws:// or wss://host:port" }),
    protocol: Type.Optional(
      Type.Union([Type.Literal("3.1.1"), Type.Literal("5")], { description: "Version of MQTT; default 5" }),
    ),
    clientId: text("Default: headwater-, the gateway's id, and the name; two clients may never have the same", 128),
    username: text("User name at the broker"),
    passwordFile: path("File that holds the password, read at every connection"),
    tls: Type.Optional(
      Type.Object(
        {
          caFile: path(
            "PEM file of the authorities that the broker's certificate is checked against; default: the system's",
          ),
          certFile: path("PEM file of the gateway's own certificate"),
          keyFile: path("PEM file of its key"),
          serverName: text("Name in the broker's certificate, where the URL has another"),
        },
        { additionalProperties: false, description: "For mqtts:// and wss://" },
      ),
    ),
    subscriptions: Type.Array(
      Type.Object(
        {
          filter: Type.String({ minLength: 1, maxLength: 1024, description: "Topic filter" }),
          qos: Type.Optional(
            Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)], {
              description:
                "Default 1; with 0 the broker waits for no acknowledgement, and what is under way may be lost",
            }),
          ),
          share: Type.Optional(
            Type.String({
              pattern: "^[^/+#]{1,64}$",
              description: "Group that shares the messages: each goes to one of the gateways that name it",
            }),
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100, description: "What the broker is asked for" },
    ),
    routes: Type.Optional(
      Type.Array(routeConfig, {
        maxItems: 1000,
        sameAs: "routes",
        description: "Beside the built-in ones; default: the gateway's `routes`",
      }),
    ),
    unrouted: Type.Optional(
      Type.Union([Type.Literal("quarantine"), Type.Literal("ignore")], {
        description: "What becomes of messages that no route reads; ignored ones are counted. Default quarantine",
      }),
    ),
    retained: Type.Optional(
      Type.Union([Type.Literal("ignore"), Type.Literal("take")], {
        description: "Messages that the broker kept and delivers on subscribing: old news. Default ignore",
      }),
    ),
    receiveMaximum: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4000,
        description:
          "Unacknowledged messages at a time; with 3.1.1 the broker's own setting decides, and should be no more. Default 1000",
      }),
    ),
    maxPacketBytes: Type.Optional(
      Type.Integer({
        minimum: 1024,
        maximum: largestPacketBytes,
        description: "Of a larger message the beginning is set aside. Default 256 KiB",
      }),
    ),
    keepAliveSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: "Default 30" })),
    sessionExpirySeconds: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 4_294_967_294,
        description: "How long the broker keeps what comes while the gateway is away (version 5). Default a week",
      }),
    ),
    commands: Type.Optional(
      Type.Object(
        {
          topic: text("Where commands are published; default devices/{device}/commands/{commandId}"),
          reply: text("Where devices answer; default devices/{device}/commands/{commandId}/reply"),
          heardWithinHours: Type.Optional(
            Type.Number({
              exclusiveMinimum: 0,
              maximum: 24 * 366,
              description:
                "A device that was heard on the bridge within this time is taken to be reachable. Default 24",
            }),
          ),
          maxDevices: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 100_000, description: "Reachable devices at a time. Default 10000" }),
          ),
        },
        { additionalProperties: false, description: "Sends commands to devices behind the broker; off unless there" },
      ),
    ),
  },
  { additionalProperties: false },
);
export type BridgeConfig = Static<typeof bridgeConfig>;

export const bridgesSettings = Type.Array(bridgeConfig, {
  env: "HEADWATER_BRIDGES",
  default: [],
  maxItems: 32,
  examples: [
    [
      {
        name: "plant",
        url: "mqtts://broker.example:8883",
        username: "headwater",
        passwordFile: "secrets/plant",
        subscriptions: [{ filter: "plant/#", qos: 1, share: "headwater" }],
        routes: [{ topic: "plant/{device}/telemetry", decoder: "json" }],
      },
    ],
  ],
  description: "Existing brokers to take messages from",
});
