import { addressGroup, type Logger, plainAddress } from "@headwater/core";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Metrics } from "../metrics/metrics.ts";
import { rawProblem } from "./raw-problems.ts";

export interface ConnectionLimits {
  /** A request has to arrive within these milliseconds, its body too; an answer may take any time. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** Connections of one address at a time; an IPv6 network of 64 bits counts as one. Default 1,000. */
  readonly maxConnectionsPerAddress?: number;
}

/** Connections of all addresses together. */
const maxConnections = 10_000;
const quietMs = 5000;

/** Options of Node's HTTP server, which looks for slow requests every half minute unless it is told otherwise. */
export function serverOptions({ requestTimeoutMs = 30_000 }: ConnectionLimits) {
  return {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(1000, requestTimeoutMs / 10)),
  };
}

/** Refuses connections beyond the bound of their address, and counts those that are refused. */
export function limitConnections(
  server: Server,
  { maxConnectionsPerAddress = 1000 }: ConnectionLimits,
  options: {
    readonly metrics: Metrics;
    readonly logger: Logger;
    /** Whether another listener has counted it already. */
    readonly isCounted: (socket: Socket) => boolean;
  },
): void {
  const { metrics, logger, isCounted } = options;
  const open = new Map<string, number>();
  const refused = metrics.counter("headwater_http_connections_refused_total", "HTTP connections refused", ["reason"]);
  let toldAt = -Infinity;
  const tell = (reason: string, address: string | undefined): void => {
    refused.labels({ reason }).inc();
    const now = performance.now();
    if (now - toldAt < quietMs) return;
    toldAt = now;
    logger.warn({ reason, address }, "an HTTP connection was refused: there are too many");
  };

  server.maxConnections = maxConnections;
  server.on("drop", (dropped) => tell("too-many", dropped?.remoteAddress));
  server.on("connection", (socket: Socket) => {
    if (isCounted(socket)) return;
    const address = plainAddress(socket.remoteAddress ?? "");
    const group = addressGroup(address);
    const count = open.get(group) ?? 0;
    if (count >= maxConnectionsPerAddress) {
      tell("too-many-of-address", address);
      const detail = `There are ${maxConnectionsPerAddress} connections from this address already; close some of them`;
      // Not ended but destroyed as soon as it is told: no request that it sends may be begun.
      socket.write(rawProblem(429, "too-many-connections", detail), () => socket.destroy());
      return;
    }
    open.set(group, count + 1);
    socket.once("close", () => {
      const left = (open.get(group) ?? 1) - 1;
      if (left === 0) open.delete(group);
      else open.set(group, left);
    });
  });
}
