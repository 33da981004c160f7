import { HeadwaterError } from "@headwater/core";
import { LogRejectedCredentialsError, LogUnavailableError } from "../errors.ts";

export interface OAuthClient {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
}

const TIMEOUT_MS = 10_000;
/** A token is used for this part of its life: the rest is for its way and for clocks that differ. */
const USED_LIFE = 0.8;
/** And never in its last seconds: kafkajs shows a new one ten seconds before the end, which must not be the old one. */
const LAST_SECONDS = 15;
/** Of a token whose answer does not tell how long it lives. */
const UNTOLD_LIFE_S = 60;

/**
 * Tokens for OAUTHBEARER from a token endpoint, by client credentials (RFC 6749, 4.4). One is kept while it lives, so
 * that connections can be made while the endpoint is away for a moment. Rejects with LogRejectedCredentialsError if the
 * endpoint refuses the client, otherwise with LogUnavailableError.
 */
export function tokensByClientCredentials(client: OAuthClient): () => Promise<{ readonly value: string }> {
  let kept: { readonly value: string; readonly until: number } | undefined;
  let asking: Promise<{ readonly value: string }> | undefined;
  const ask = async (): Promise<{ readonly value: string }> => {
    const { value, lifeSeconds } = await requestToken(client);
    const usedSeconds = Math.min(lifeSeconds * USED_LIFE, lifeSeconds - LAST_SECONDS);
    kept = { value, until: performance.now() + usedSeconds * 1000 };
    return { value };
  };
  return async () => {
    if (kept !== undefined && kept.until > performance.now()) return { value: kept.value };
    asking ??= ask().finally(() => (asking = undefined));
    return asking;
  };
}

async function requestToken(client: OAuthClient): Promise<{ value: string; lifeSeconds: number }> {
  const { tokenEndpoint, clientId, clientSecret, scope, audience } = client;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scope !== undefined) form.set("scope", scope);
  if (audience !== undefined) form.set("audience", audience);
  const where = `the token endpoint ${new URL(tokenEndpoint).host}`;
  try {
    const response = await fetch(tokenEndpoint, {
      method: "POST",
      headers: { authorization: basic(clientId, clientSecret), accept: "application/json" },
      body: form,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = tokenAnswer(await response.text());
    // Only an answer in OAuth's own form refuses; a proxy's page means that the endpoint is away.
    if (response.status >= 400 && response.status < 500 && typeof answer.error === "string") {
      throw new LogRejectedCredentialsError(`${where} refuses this client: ${said(answer)}`);
    }
    const value = answer.access_token;
    if (!response.ok || typeof value !== "string" || value === "") {
      throw new LogUnavailableError(`${where} answers ${response.status} without a token`);
    }
    const told = Number(answer.expires_in ?? UNTOLD_LIFE_S);
    return { value, lifeSeconds: told > 0 ? told : UNTOLD_LIFE_S };
  } catch (error) {
    if (error instanceof HeadwaterError) throw error;
    throw new LogUnavailableError(`${where} does not answer: ${reasonOf(error)}`, { cause: error });
  }
}

/** Both are form-encoded before they are joined (RFC 6749, 2.3.1). */
function basic(id: string, secret: string): string {
  const encoded = (text: string): string => new URLSearchParams({ t: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString("base64")}`;
}

interface TokenAnswer {
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
  readonly error?: unknown;
  readonly error_description?: unknown;
}

function tokenAnswer(text: string): TokenAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null ? answer : {};
  } catch {
    return {};
  }
}

function said({ error, error_description: description }: TokenAnswer): string {
  return typeof description === "string" ? `${String(error)}, ${description.slice(0, 200)}` : String(error);
}

/** The reason of a failed fetch is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
