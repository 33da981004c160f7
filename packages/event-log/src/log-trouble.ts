import { HeadwaterError } from "@headwater/core";

/**
 * What is the matter with a log that does not take records:
 *
 * - `refusing`: nothing listens there, or it closes the connection.
 * - `hanging`: it does not answer in time.
 * - `leaderless`: it answers, but a partition has no leader, or too few replicas.
 * - `forbidden`: it does not accept the credentials, or they do not suffice.
 */
export const logTroubles = ["refusing", "hanging", "leaderless", "forbidden"] as const;
export type LogTrouble = (typeof logTroubles)[number];

/**
 * What an error of the log says about it; undefined if it does not. Adapters put it into the error's details, or those
 * of its cause.
 */
export function troubleOf(error: unknown): LogTrouble | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const trouble = at instanceof HeadwaterError ? at.details["trouble"] : undefined;
    if (trouble !== undefined) return trouble as LogTrouble;
  }
  return undefined;
}
