import type { GatewayConfig } from "../config.ts";
import type { DurablePath } from "../pipeline/durable-path.ts";

/** Why devices should not be sent here now. `certificateExpiresAt` in milliseconds since the epoch. */
export function whyNotReady(
  config: GatewayConfig,
  path: DurablePath | undefined,
  certificateExpiresAt: number | undefined,
): readonly string[] {
  const reasons: string[] = [];
  const spool = path?.spooling?.spool;
  if (spool?.failing === true) reasons.push("gateway: the spool cannot be written");
  if (spool !== undefined && !spool.hasRoom(0) && config.spool.whenFull === "block") {
    reasons.push("gateway: the spool is full");
  }
  if (certificateExpiresAt !== undefined && certificateExpiresAt < Date.now()) {
    reasons.push(`gateway: the TLS certificate expired at ${new Date(certificateExpiresAt).toISOString()}`);
  }
  return reasons;
}

/** Troubles on the way to the log during which messages are still taken. */
export function troublesOfPath(config: GatewayConfig, path: DurablePath | undefined): readonly string[] {
  const { health, spooling } = path ?? {};
  const reasons: string[] = [];
  const problem = health?.describe();
  if (problem !== undefined) reasons.push(`gateway: ${problem}`);
  const held = spooling?.forwarder.parkedPartitions ?? 0;
  if (held > 0) reasons.push(`gateway: ${held} partitions of topics are held up, the others go on`);
  if (spooling?.spool.isFull === true) reasons.push(`gateway: the spool is full (${config.spool.whenFull})`);
  return reasons;
}
