import type { IngestConfig } from "../config.ts";

/** A service of another process to which this one passes on what it is asked. */
export const upstreamNames = ["rules", "gateway"] as const;
export type UpstreamName = (typeof upstreamNames)[number];

/**
 * What is passed on: these paths and what lies below them. Of the gateway it is what people ask; devices send to the
 * gateway itself, which slows wrong logins down and bounds rates by the address that they come from.
 */
export const pathsOf: Readonly<Record<UpstreamName, readonly string[]>> = {
  rules: ["/api/v1/rules", "/api/v1/alerts", "/api/v1/backtests", "/api/v1/maintenance"],
  gateway: ["/api/v1/gateway"],
};

/** The settings that say where a service is, the one that counts first. */
export const settingsOf: Readonly<Record<UpstreamName, readonly [string, string]>> = {
  rules: ["HEADWATER_INGEST_RULES_URL", "HEADWATER_RULES_URL"],
  gateway: ["HEADWATER_INGEST_GATEWAY_URL", "HEADWATER_GATEWAY_URL"],
};

export interface Upstream {
  readonly name: UpstreamName;
  readonly origin: string;
  /** In front of every path, without a slash at its end. */
  readonly prefix: string;
}

/** The services that run elsewhere, as far as it is known where. */
export function upstreamsOf(
  { upstreams }: IngestConfig["ingest"],
  told: Readonly<Partial<Record<UpstreamName, string>>>,
  here: readonly string[],
): readonly Upstream[] {
  return upstreamNames
    .filter((name) => !here.includes(name))
    .flatMap((name) => {
      const address = upstreams[name] ?? told[name];
      if (address === undefined) return [];
      const { origin, pathname } = new URL(address);
      return [{ name, origin, prefix: pathname.replace(/\/+$/, "") }];
    });
}
