import { Type, type TSchema } from "@sinclair/typebox";

const port = (env: string, description: string, more: object = {}) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Literal("off")], { env, description, ...more });

const host = (env: string, description: string) =>
  Type.Optional(Type.String({ env, minLength: 1, maxLength: 255, description }));

const file = (env: string, description: string) =>
  Type.Optional(Type.String({ env, minLength: 1, maxLength: 4096, description }));

const list = <T extends TSchema>(items: T, env: string, description: string, defaultValue: readonly unknown[] = []) =>
  Type.Array(items, { env, description, default: [...defaultValue], maxItems: 1000 });

/**
 * Where MQTT is spoken and how a connection is made: TCP, TLS, WebSocket, what a load balancer says, and how many there
 * may be.
 */
export const listenerSettings = {
  host: Type.String({
    env: "HEADWATER_MQTT_HOST",
    default: "127.0.0.1",
    minLength: 1,
    description: "Address that MQTT listens on; of every listener that has none of its own",
  }),
  port: port("HEADWATER_MQTT_PORT", "MQTT over TCP; 0 takes a free port, off closes it", { default: 1883 }),
  tls: Type.Object({
    port: Type.Optional(
      port("HEADWATER_MQTT_TLS_PORT", "MQTT over TLS; default: 8883 once there is a certificate, else off"),
    ),
    host: host("HEADWATER_MQTT_TLS_HOST", "Address of the TLS listener; default: HEADWATER_MQTT_HOST"),
    certFile: file(
      "HEADWATER_MQTT_TLS_CERT_FILE",
      "Server certificate in PEM, the certificates that lead to its authority after it; also of secure WebSocket",
    ),
    keyFile: file("HEADWATER_MQTT_TLS_KEY_FILE", "Private key of the server certificate in PEM"),
    keyPassphrase: Type.Optional(
      Type.String({
        env: "HEADWATER_MQTT_TLS_KEY_PASSPHRASE",
        secret: true,
        maxLength: 1024,
        description: "What the private key is encrypted with",
      }),
    ),
    clientCertificates: Type.Union([Type.Literal("none"), Type.Literal("request"), Type.Literal("require")], {
      env: "HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES",
      default: "none",
      description:
        "Whether clients are asked for a certificate; one that is shown has to be of an authority in HEADWATER_MQTT_TLS_CA_FILE",
    }),
    caFile: file("HEADWATER_MQTT_TLS_CA_FILE", "Authorities of client certificates in PEM"),
    crlFile: file(
      "HEADWATER_MQTT_TLS_CRL_FILE",
      "Revocation lists in PEM: one of every authority in HEADWATER_MQTT_TLS_CA_FILE, none of them out of date",
    ),
    minVersion: Type.Union([Type.Literal("TLSv1.2"), Type.Literal("TLSv1.3")], {
      env: "HEADWATER_MQTT_TLS_MIN_VERSION",
      default: "TLSv1.2",
      description: "Oldest version of TLS",
    }),
    reloadMs: Type.Integer({
      env: "HEADWATER_MQTT_TLS_RELOAD_MS",
      default: 5000,
      minimum: 50,
      maximum: 86_400_000,
      description: "How often the certificate files are looked at; new connections get what changed",
    }),
  }),
  ws: Type.Object({
    port: Type.Optional(port("HEADWATER_MQTT_WS_PORT", "MQTT over WebSocket (usually 8083); default: off")),
    host: host("HEADWATER_MQTT_WS_HOST", "Address of the WebSocket listener; default: HEADWATER_MQTT_HOST"),
    paths: list(
      Type.String({ pattern: "^/[!-~]*$", maxLength: 256 }),
      "HEADWATER_MQTT_WS_PATHS",
      "Paths on which WebSocket is answered, also the secure one",
      ["/mqtt", "/"],
    ),
    origins: list(
      Type.String({ minLength: 1, maxLength: 256 }),
      "HEADWATER_MQTT_WS_ORIGINS",
      "Origins of web pages that may connect, like https://ops.example; empty: all. A client that is no browser has none and may always",
    ),
  }),
  wss: Type.Object({
    port: Type.Optional(
      port(
        "HEADWATER_MQTT_WSS_PORT",
        "MQTT over secure WebSocket; default: 8084 once there is a certificate, else off",
      ),
    ),
    host: host("HEADWATER_MQTT_WSS_HOST", "Address of the secure WebSocket listener; default: HEADWATER_MQTT_HOST"),
  }),
  https: Type.Object({
    port: Type.Optional(
      port(
        "HEADWATER_HTTPS_PORT",
        "Telemetry of devices over HTTPS (usually 8443), with the certificate files of HEADWATER_MQTT_TLS_…; default: off",
      ),
    ),
    host: host("HEADWATER_HTTPS_HOST", "Address of the HTTPS listener; default: HEADWATER_MQTT_HOST"),
  }),
  proxyProtocol: Type.Object({
    listeners: list(
      Type.Union([
        Type.Literal("tcp"),
        Type.Literal("tls"),
        Type.Literal("ws"),
        Type.Literal("wss"),
        Type.Literal("https"),
      ]),
      "HEADWATER_MQTT_PROXY_PROTOCOL",
      "Listeners (tcp, tls, ws, wss, https) whose connections have to begin with a PROXY header of version 1 or 2, as load balancers send it",
    ),
    from: list(
      Type.String({ minLength: 1, maxLength: 64 }),
      "HEADWATER_MQTT_PROXY_FROM",
      "Addresses and networks (10.0.0.0/8) of the load balancers; others are refused where a PROXY header is required. Empty: whoever can connect is believed",
    ),
  }),
  connectTimeoutMs: Type.Integer({
    env: "HEADWATER_MQTT_CONNECT_TIMEOUT_MS",
    default: 10_000,
    minimum: 100,
    maximum: 600_000,
    description: "Time for everything up to CONNECT: PROXY header, TLS, WebSocket and the packet itself",
  }),
  maxConnections: Type.Integer({
    env: "HEADWATER_MQTT_MAX_CONNECTIONS",
    default: 20_000,
    minimum: 1,
    description: "Most connections at a time, over all listeners",
  }),
  maxConnectionsPerAddress: Type.Integer({
    env: "HEADWATER_MQTT_MAX_CONNECTIONS_PER_ADDRESS",
    default: 15_000,
    minimum: 1,
    description:
      "Most connections of one client address at a time (of one /64 network in IPv6): a single host cannot take every place",
  }),
} as const;
