import { readFileSync } from "node:fs";
import { ConfigError } from "@headwater/core";
import { tokensByClientCredentials } from "./kafka/oauth-token.ts";
import type { SaslSettings } from "./kafka/settings.ts";

/** Of the settings of Kafka those that decide how this client shows who it is, and whom it trusts. */
interface KafkaAccess {
  readonly ssl: boolean;
  readonly sslCaFile?: string;
  readonly sslCertFile?: string;
  readonly sslKeyFile?: string;
  readonly sslKeyPassphrase?: string;
  readonly saslMechanism?: SaslSettings["mechanism"];
  readonly saslUsername?: string;
  readonly saslPassword?: string;
  readonly oauthTokenEndpoint?: string;
  readonly oauthClientId?: string;
  readonly oauthClientSecret?: string;
  readonly oauthScope?: string;
  readonly oauthAudience?: string;
}

const PREFIX = "HEADWATER_KAFKA_";

/** @throws ConfigError for settings that do not belong together, and for files that cannot be read. */
export function tlsOf(kafka: KafkaAccess): boolean | object {
  const { ssl, sslCaFile, sslCertFile, sslKeyFile, sslKeyPassphrase } = kafka;
  const given = { SSL_CA_FILE: sslCaFile, SSL_CERT_FILE: sslCertFile, SSL_KEY_FILE: sslKeyFile };
  const names = Object.entries(given).flatMap(([name, file]) => (file === undefined ? [] : [PREFIX + name]));
  if (names.length === 0) return ssl;
  if (!ssl) throw new ConfigError(`${names[0]} is set, but ${PREFIX}SSL is not true`);
  if ((sslCertFile === undefined) !== (sslKeyFile === undefined)) {
    throw new ConfigError(`${PREFIX}SSL_CERT_FILE and ${PREFIX}SSL_KEY_FILE are needed together`);
  }
  return {
    ...(sslCaFile === undefined ? {} : { ca: fileOf("SSL_CA_FILE", sslCaFile) }),
    ...(sslCertFile === undefined ? {} : { cert: fileOf("SSL_CERT_FILE", sslCertFile) }),
    ...(sslKeyFile === undefined ? {} : { key: fileOf("SSL_KEY_FILE", sslKeyFile) }),
    ...(sslKeyPassphrase === undefined ? {} : { passphrase: sslKeyPassphrase }),
  };
}

/** @throws ConfigError if what the mechanism needs is missing, or something is set for another. */
export function saslOf(kafka: KafkaAccess): SaslSettings | undefined {
  const { saslMechanism: mechanism, saslUsername: username, saslPassword: password } = kafka;
  const { oauthTokenEndpoint: tokenEndpoint, oauthClientId: clientId, oauthClientSecret: clientSecret } = kafka;
  if (mechanism === undefined) {
    const useless = [username, password, tokenEndpoint, clientId, clientSecret].some((each) => each !== undefined);
    if (!useless) return undefined;
    throw new ConfigError(`${PREFIX}SASL_MECHANISM is missing; user name, password or OAuth are set without it`);
  }
  if (mechanism === "oauthbearer") {
    if (tokenEndpoint === undefined || clientId === undefined || clientSecret === undefined) {
      throw new ConfigError(
        `${PREFIX}OAUTH_TOKEN_ENDPOINT, ${PREFIX}OAUTH_CLIENT_ID and ${PREFIX}OAUTH_CLIENT_SECRET are all needed with ${PREFIX}SASL_MECHANISM=oauthbearer`,
      );
    }
    const client = { tokenEndpoint, clientId, clientSecret, scope: kafka.oauthScope, audience: kafka.oauthAudience };
    return { mechanism, oauthBearerProvider: tokensByClientCredentials(client) };
  }
  if (username === undefined || password === undefined) {
    throw new ConfigError(
      `${PREFIX}SASL_USERNAME and ${PREFIX}SASL_PASSWORD are both needed with ${PREFIX}SASL_MECHANISM=${mechanism}`,
    );
  }
  return { mechanism, username, password };
}

function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${PREFIX}${name} names ${path}, which cannot be read`, { cause: error });
  }
}
