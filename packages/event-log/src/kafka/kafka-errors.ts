import { HeadwaterError } from "@headwater/core";
import { LogRejectedCredentialsError, LogUnavailableError, LogUnusableError } from "../errors.ts";
import type { LogTrouble } from "../log-trouble.ts";

/** The name that kafkajs gives to the error code of a broker. */
export function protocolErrorType(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("type" in error) || typeof error.type !== "string") return undefined;
  return error.type;
}

/** The partition's leader is elsewhere, or not there yet: ask again who leads. Nothing has happened on the broker. */
const staleMetadata = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_FOR_PARTITION",
  "REPLICA_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "LISTENER_NOT_FOUND",
  "OFFSET_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
]);

/** The group's coordinator is elsewhere, loading, or not there yet. */
const coordinatorMoved = new Set([
  "GROUP_LOAD_IN_PROGRESS",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
]);

const forbidden = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
  "SECURITY_DISABLED",
]);

export function isStaleMetadata(type: string | undefined): boolean {
  return type !== undefined && staleMetadata.has(type);
}

export function isCoordinatorMoved(type: string | undefined): boolean {
  return type !== undefined && coordinatorMoved.has(type);
}

export function isForbidden(error: unknown): boolean {
  const type = protocolErrorType(error);
  if (type !== undefined && forbidden.has(type)) return true;
  return error instanceof Error && error.name.startsWith("KafkaJSSASL");
}

/** Whether the broker's certificate is one that this client does not trust; no waiting mends that. */
export function isDistrusted(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /CERT|UNABLE_TO_|ERR_TLS_/.test(error.code);
}

/** Whether the same request may succeed later, with nothing done meanwhile. */
export function isTransient(error: unknown): boolean {
  if (error instanceof HeadwaterError) return error.advice === "retry" || error.advice === "wait";
  if (isForbidden(error)) return false;
  const type = protocolErrorType(error);
  if (isStaleMetadata(type) || isCoordinatorMoved(type)) return true;
  if (error instanceof Error && "retriable" in error && error.retriable === true) return true;
  return error instanceof Error && /^KafkaJS(Connection|RequestTimeout|LockTimeout)/.test(error.name);
}

/** The trouble of a broker that an error of kafkajs or of a socket shows. */
function troubleOfKafka(error: unknown): LogTrouble | undefined {
  if (isForbidden(error)) return "forbidden";
  const type = protocolErrorType(error);
  if (isStaleMetadata(type) || type?.startsWith("NOT_ENOUGH_REPLICAS") === true) return "leaderless";
  if (type === "REQUEST_TIMED_OUT") return "hanging";
  if (!(error instanceof Error)) return undefined;
  if (error.name === "KafkaJSRequestTimeoutError" || /timeout/i.test(error.message)) return "hanging";
  return error.name.startsWith("KafkaJSConnection") ? "refusing" : undefined;
}

/** For the details of an error of ours. */
export function troubleDetails(error: unknown): { readonly trouble?: LogTrouble } {
  const trouble = troubleOfKafka(error);
  return trouble === undefined ? {} : { trouble };
}

/** An error of kafkajs, of a broker or of a socket, as one of ours. */
export function asTyped(error: unknown, doing: string): HeadwaterError {
  if (error instanceof HeadwaterError) return error;
  const message = `${doing}: ${error instanceof Error ? error.message : String(error)}`;
  const type = protocolErrorType(error);
  const details = { ...(type === undefined ? {} : { type }), ...troubleDetails(error) };
  if (isForbidden(error)) {
    return new LogRejectedCredentialsError(`Kafka refuses this client, ${message}; check its credentials and ACLs`, {
      cause: error,
      details,
    });
  }
  if (isTransient(error))
    return new LogUnavailableError(`Kafka is not available, ${message}`, { cause: error, details });
  return new LogUnusableError(`Kafka cannot do this, ${message}`, { cause: error, details });
}
