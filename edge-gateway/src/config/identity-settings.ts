import { Type, type Static } from "@sinclair/typebox";

/** Signatures by a key pair alone: whoever may read a published key set must not be able to sign. */
const jwtAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

const jwtIssuer = Type.Object(
  {
    issuer: Type.String({ minLength: 1, maxLength: 512, description: "What `iss` says" }),
    keys: Type.String({ minLength: 1, maxLength: 1024, description: "JWKS: an https address, or a file" }),
    audience: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: "What `aud` has to hold" })),
    claim: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "Names the device; default: sub" })),
    algorithms: Type.Optional(
      Type.Array(Type.Union(jwtAlgorithms.map((name) => Type.Literal(name))), {
        minItems: 1,
        description: "Default: RS256, PS256, ES256, EdDSA",
      }),
    ),
    devices: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "Ids that this issuer may name, with * for any characters; default: every",
      }),
    ),
    toleranceSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 600, description: "How far clocks may be apart; default: 30" }),
    ),
    createDevices: Type.Optional(
      Type.Boolean({ description: "Registers a device that is not there yet; default: false" }),
    ),
  },
  { additionalProperties: false },
);
export type JwtIssuer = Static<typeof jwtIssuer>;

/** How devices show who they are, besides tokens. */
export const identitySettings = Type.Object({
  jwtIssuers: Type.Array(jwtIssuer, {
    env: "HEADWATER_JWT_ISSUERS",
    default: [],
    maxItems: 16,
    examples: [
      [{ issuer: "https://id.example", keys: "https://id.example/jwks.json", audience: "headwater", claim: "sub" }],
    ],
    description: "Whose JWTs are taken as passwords",
  }),
  certificateNames: Type.Boolean({
    env: "HEADWATER_MQTT_CERTIFICATE_NAMES",
    default: false,
    description:
      "A verified client certificate's common name is the id of its device: only if every certificate authority of the listener is trusted to name devices",
  }),
  passwordQueue: Type.Integer({
    env: "HEADWATER_PASSWORD_QUEUE",
    default: 32,
    minimum: 1,
    maximum: 10_000,
    description: "Logins with chosen passwords that wait at a time; more are told to come again",
  }),
  passwordWaitMs: Type.Integer({
    env: "HEADWATER_PASSWORD_WAIT_MS",
    default: 5000,
    minimum: 100,
    maximum: 600_000,
    description: "How long a login with a chosen password waits to be compared; then it is told to come again",
  }),
});
