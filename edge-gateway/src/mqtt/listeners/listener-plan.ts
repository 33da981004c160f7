import { ConfigError } from "@headwater/core";
import type { GatewayConfig } from "../../config.ts";
import type { Peer } from "./peer.ts";

export type Transport = Peer["transport"];

/** Whether a connection begins with TLS. */
export function isEncrypted(transport: Transport): boolean {
  return transport === "tls" || transport === "wss" || transport === "https";
}

/** Whether MQTT is spoken inside of WebSocket frames. */
export function isWebSocket(transport: Transport): boolean {
  return transport === "ws" || transport === "wss";
}

/** One port to listen on. */
export interface ListenerPlan {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  readonly portSetting: string;
  readonly hostSetting: string;
  /** Connections have to begin with a PROXY header. */
  readonly proxied: boolean;
}

const usualPorts = { tls: 8883, wss: 8084 } as const;

/** Which listeners the settings ask for. Throws ConfigError if they contradict each other. */
export function planListeners(config: GatewayConfig["mqtt"]): readonly ListenerPlan[] {
  const { tls, ws, wss, https } = config;
  const hasCertificate = checkCertificateSettings(config);
  const wanted: readonly [Transport, number | "off", string | undefined][] = [
    ["tcp", config.port, undefined],
    ["tls", tls.port ?? (hasCertificate ? usualPorts.tls : "off"), tls.host],
    ["ws", ws.port ?? "off", ws.host],
    ["wss", wss.port ?? (hasCertificate ? usualPorts.wss : "off"), wss.host],
    ["https", https.port ?? "off", https.host],
  ];
  const plans = wanted.flatMap(([transport, port, host]): ListenerPlan[] => {
    if (port === "off") return [];
    const prefix = settingPrefix(transport);
    const proxied = config.proxyProtocol.listeners.includes(transport);
    const hostSetting = host === undefined ? "HEADWATER_MQTT_HOST" : `${prefix}_HOST`;
    return [{ transport, port, host: host ?? config.host, portSetting: `${prefix}_PORT`, hostSetting, proxied }];
  });
  if (plans.every(({ transport }) => transport === "https")) {
    throw new ConfigError("MQTT has no listener: HEADWATER_MQTT_PORT is off, and no other port is set");
  }
  return plans;
}

function settingPrefix(transport: Transport): string {
  if (transport === "tcp") return "HEADWATER_MQTT";
  return transport === "https" ? "HEADWATER_HTTPS" : `HEADWATER_MQTT_${transport.toUpperCase()}`;
}

function checkCertificateSettings({ tls, wss, https }: GatewayConfig["mqtt"]): boolean {
  const missing = [
    tls.certFile === undefined && "HEADWATER_MQTT_TLS_CERT_FILE",
    tls.keyFile === undefined && "HEADWATER_MQTT_TLS_KEY_FILE",
  ].filter((name) => name !== false);
  if (missing.length === 1) throw new ConfigError(`${missing[0]} is missing; certificate and key come together`);
  const ports = [
    ["HEADWATER_MQTT_TLS_PORT", tls.port],
    ["HEADWATER_MQTT_WSS_PORT", wss.port],
    ["HEADWATER_HTTPS_PORT", https.port],
  ] as const;
  for (const [setting, port] of ports) {
    if (missing.length > 0 && port !== undefined && port !== "off") {
      throw new ConfigError(`${setting} is set, but ${missing.join(" and ")} are missing: TLS needs a certificate`);
    }
  }
  if (missing.length > 0) {
    const idle = [
      tls.clientCertificates !== "none" && "HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES",
      tls.caFile !== undefined && "HEADWATER_MQTT_TLS_CA_FILE",
    ].find((name) => name !== false);
    if (idle !== undefined) {
      throw new ConfigError(`${idle} is set, but ${missing.join(" and ")} are missing: nothing speaks TLS`);
    }
    return false;
  }
  if (tls.clientCertificates !== "none" && tls.caFile === undefined) {
    throw new ConfigError(
      `HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES is ${tls.clientCertificates}, but HEADWATER_MQTT_TLS_CA_FILE does not say whose certificates are good`,
    );
  }
  if (tls.clientCertificates === "none" && (tls.caFile !== undefined || tls.crlFile !== undefined)) {
    const setting = tls.caFile === undefined ? "HEADWATER_MQTT_TLS_CRL_FILE" : "HEADWATER_MQTT_TLS_CA_FILE";
    throw new ConfigError(
      `${setting} is set, but no client is asked for a certificate: set HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES to request or require`,
    );
  }
  return true;
}
