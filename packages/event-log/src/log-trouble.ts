import { HeadwaterError } from "@headwater/core";

/**
 * The reason why a log takes no records:
 *
 * - `refusing`: nothing listens there, or it closes the connection.
 * - `hanging`: it does not answer in time.
 * - `leaderless`: it answers, but a partition has no leader, or too few replicas.
 * - `forbidden`: it does not accept the credentials, or they do not suffice.
 */
export const logTroubles = ["refusing", "hanging", "leaderless", "forbidden"] as const;
export type LogTrouble = (typeof logTroubles)[number];

/**
 * The trouble that an error of the log names; undefined if it names none. Adapters put it into the error's details, or
 * those of its cause.
 */
export function troubleOf(error: unknown): LogTrouble | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const trouble = at instanceof HeadwaterError ? at.details["trouble"] : undefined;
    if (trouble !== undefined) return trouble as LogTrouble;
  }
  return undefined;
}
