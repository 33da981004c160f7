import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, rootCertificates } from "node:tls";
import { createWebSocketStream, WebSocket } from "ws";
import { SimulationError } from "../errors.ts";

/** Where devices connect to. */
export interface Target {
  /** mqtt:, mqtts:, ws: or wss: */
  readonly url: string;
  /** PEM; the certificates that are trusted beside the system's own. */
  readonly ca?: string | undefined;
  /** PEM; of the devices, all of them the same. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

const ports: Readonly<Record<string, number>> = { "mqtt:": 1883, "tcp:": 1883, "mqtts:": 8883, "ssl:": 8883 };

/**
 * How a connection to a broker is opened.
 * @throws SimulationError for an address that is none.
 */
export function opener({ url: text, ca, certificate, key }: Target): () => Duplex {
  const url = parsed(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const tls = {
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
  };
  switch (url.protocol) {
    case "mqtt:":
    case "tcp:":
      return () => connectTcp({ host, port: Number(url.port) || ports[url.protocol]!, noDelay: true });
    case "mqtts:":
    case "ssl:":
      return () => connectTls({ host, port: Number(url.port) || ports[url.protocol]!, ...tls });
    default:
      return () => createWebSocketStream(new WebSocket(url, "mqtt", tls));
  }
}

function parsed(text: string): URL {
  const remedy = "write mqtt://host:1883, mqtts://host:8883, ws://host/mqtt or wss://host/mqtt";
  if (!URL.canParse(text)) throw new SimulationError(`${JSON.stringify(text)} is no address of a broker; ${remedy}`);
  const url = new URL(text);
  if (![...Object.keys(ports), "ws:", "wss:"].includes(url.protocol)) {
    throw new SimulationError(`${url.protocol}// is not served by devices; ${remedy}`);
  }
  return url;
}
