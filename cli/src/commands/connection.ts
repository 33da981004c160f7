import { createPlatformClient, type ApiClient } from "@headwater/client";
import { accessToken } from "@headwater/core";
import { CommandError } from "./command-error.ts";

export const defaultUrl = "http://127.0.0.1:8080";

/** The options of every command that speaks to a running Headwater. */
export const connectionOptions = {
  url: { type: "string" },
  "rules-url": { type: "string" },
  "token-file": { type: "string" },
} as const;

export const connectionUsage = `  --url URL          Headwater's HTTP address, or that of one of its services (default HEADWATER_URL, else
                     ${defaultUrl})
  --rules-url URL    that of the rules service, if the one at --url cannot tell (default HEADWATER_RULES_URL)
  --token-file FILE  file with the access token (default HEADWATER_TOKEN, HEADWATER_TOKEN_FILE, else data/admin-token)`;

export interface ConnectionValues {
  readonly url?: string | undefined;
  readonly "rules-url"?: string | undefined;
  readonly "token-file"?: string | undefined;
}

/** @throws ConfigError for an address or a token that cannot be used. */
export function connect(values: ConnectionValues, env: NodeJS.ProcessEnv): ApiClient {
  return createPlatformClient({
    url: values.url || env["HEADWATER_URL"] || defaultUrl,
    rulesUrl: values["rules-url"] || env["HEADWATER_RULES_URL"] || undefined,
    token: accessToken(values["token-file"], env),
  });
}

/** @throws CommandError unless the answer has what every release since this one answers with. */
export function requireMembers<T extends object>(
  path: string,
  answer: T | undefined,
  names: readonly (keyof T)[],
): void {
  const missing = names.find((name) => answer?.[name] === undefined);
  if (missing === undefined) return;
  throw new CommandError(
    `GET ${path}: the answer has no ${JSON.stringify(missing)}; is Headwater what listens there, in this release?`,
  );
}
