import { ConfigError } from "@headwater/core";
import { loadConfig } from "@headwater/service";
import { describe, expect, it } from "vitest";
import { gatewayConfig } from "../../config.ts";
import { planListeners } from "./listener-plan.ts";

const plan = (env: Record<string, string>) =>
  planListeners(loadConfig(gatewayConfig, { env }).mqtt).map(
    ({ transport, host, port, proxied }) => `${transport} ${host} ${port}${proxied ? " proxied" : ""}`,
  );
const certificate = { HEADWATER_MQTT_TLS_CERT_FILE: "/c.pem", HEADWATER_MQTT_TLS_KEY_FILE: "/k.pem" };

describe("the listeners that the settings ask for", () => {
  it.each<[string, Record<string, string>, string[]]>([
    ["nothing set", {}, ["tcp 127.0.0.1 1883"]],
    ["a certificate", certificate, ["tcp 127.0.0.1 1883", "tls 127.0.0.1 8883", "wss 127.0.0.1 8084"]],
    [
      "TLS alone",
      { ...certificate, HEADWATER_MQTT_PORT: "off", HEADWATER_MQTT_WSS_PORT: "off", HEADWATER_MQTT_TLS_PORT: "18883" },
      ["tls 127.0.0.1 18883"],
    ],
    [
      "HTTPS",
      { ...certificate, HEADWATER_MQTT_TLS_PORT: "off", HEADWATER_MQTT_WSS_PORT: "off", HEADWATER_HTTPS_PORT: "8443" },
      ["tcp 127.0.0.1 1883", "https 127.0.0.1 8443"],
    ],
    ["WebSocket", { HEADWATER_MQTT_WS_PORT: "8083" }, ["tcp 127.0.0.1 1883", "ws 127.0.0.1 8083"]],
    [
      "addresses of their own",
      {
        ...certificate,
        HEADWATER_MQTT_HOST: "10.0.0.1",
        HEADWATER_MQTT_TLS_HOST: "0.0.0.0",
        HEADWATER_MQTT_WSS_HOST: "::",
        HEADWATER_MQTT_WS_PORT: "0",
        HEADWATER_MQTT_WS_HOST: "localhost",
      },
      ["tcp 10.0.0.1 1883", "tls 0.0.0.0 8883", "ws localhost 0", "wss :: 8084"],
    ],
    [
      "PROXY where it is named",
      { ...certificate, HEADWATER_MQTT_PROXY_PROTOCOL: "tls,wss" },
      ["tcp 127.0.0.1 1883", "tls 127.0.0.1 8883 proxied", "wss 127.0.0.1 8084 proxied"],
    ],
  ])("%s", (_name, env, listeners) => {
    expect(plan(env)).toEqual(listeners);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ HEADWATER_MQTT_PORT: "off" }, /HEADWATER_MQTT_PORT is off/],
    [{ HEADWATER_MQTT_TLS_PORT: "8883" }, /TLS_PORT is set, but .*TLS_CERT_FILE and .*TLS_KEY_FILE are missing/],
    [{ HEADWATER_MQTT_WSS_PORT: "0" }, /WSS_PORT is set, but/],
    [{ HEADWATER_MQTT_TLS_CERT_FILE: "/c.pem" }, /TLS_KEY_FILE is missing/],
    [{ HEADWATER_MQTT_TLS_KEY_FILE: "/k.pem" }, /TLS_CERT_FILE is missing/],
    [{ HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require" }, /CLIENT_CERTIFICATES is set, but/],
    [{ ...certificate, HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "request" }, /CA_FILE does not say/],
    [{ ...certificate, HEADWATER_MQTT_TLS_CA_FILE: "/ca.pem" }, /CA_FILE is set, but no client is asked/],
    [{ HEADWATER_MQTT_PROXY_PROTOCOL: "tcp,udp" }, /HEADWATER_MQTT_PROXY_PROTOCOL/],
    [{ HEADWATER_MQTT_PORT: "65536" }, /HEADWATER_MQTT_PORT/],
  ])("%j is a contradiction", (env, message) => {
    expect(() => plan(env)).toThrow(ConfigError);
    expect(() => plan(env)).toThrow(message);
  });
});
