import { HeadwaterError } from "@headwater/core";
import kafkaErrors from "kafkajs/src/protocol/error.js";
import { LogRejectedCredentialsError, LogUnavailableError, LogUnusableError } from "../errors.ts";
import type { LogTrouble } from "../log-trouble.ts";
import { kafkaErrorCode, type ErrorKind, type KafkaErrorCode } from "./error-table.ts";

/** The error of a broker, by its code. */
export function brokerError(code: number): Error & { readonly type: string } {
  const { name } = kafkaErrorCode(code);
  const error = kafkaErrors.createErrorFromCode(code);
  // kafkajs has other names for some, and none for those of newer brokers.
  return Object.assign(error, { type: name, code, message: `${name}: ${error.message}` });
}

/** What a broker answered with; undefined if the error is none of a broker. */
function codeOf(error: unknown): KafkaErrorCode | undefined {
  if (!(error instanceof Error) || !("type" in error) || typeof error.type !== "string") return undefined;
  if (!("code" in error) || typeof error.code !== "number") return undefined;
  // kafkajs hides a code that it does not know in the text.
  const unknown = /^Unknown error code (\d+)$/.exec(error.message);
  return kafkaErrorCode(unknown === null ? error.code : Number(unknown[1]));
}

/** Kafka's name for the error of a broker. */
export function protocolErrorType(error: unknown): string | undefined {
  return codeOf(error)?.name;
}

/** Whether this is an error that Kafka had when its table was written down. */
export function isKnownCode(error: unknown): boolean {
  return codeOf(error)?.name.startsWith("UNKNOWN_ERROR_") === false;
}

/** What the error of a broker asks of its client. */
export function protocolErrorKind(error: unknown): ErrorKind | undefined {
  return codeOf(error)?.kind;
}

/** The partition's leader is elsewhere, or not there yet: ask again who leads. Nothing has happened on the broker. */
export function isStaleMetadata(error: unknown): boolean {
  return protocolErrorKind(error) === "leader";
}

/** The group's coordinator is elsewhere, loading, or not there yet. */
export function isCoordinatorMoved(error: unknown): boolean {
  return protocolErrorKind(error) === "coordinator";
}

export function isForbidden(error: unknown): boolean {
  if (protocolErrorKind(error) === "forbidden") return true;
  return error instanceof Error && error.name.startsWith("KafkaJSSASL");
}

/** Whether the client's credentials or rights are the trouble, told by the broker or by a connection to it. */
export function isRejection(error: unknown): boolean {
  return isForbidden(error) || error instanceof LogRejectedCredentialsError;
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
  const kind = protocolErrorKind(error);
  if (kind !== undefined) return kind === "retry" || kind === "leader" || kind === "coordinator";
  if (error instanceof Error && "retriable" in error && error.retriable === true) return true;
  return error instanceof Error && /^KafkaJS(Connection|RequestTimeout|LockTimeout)/.test(error.name);
}

/** The trouble of a broker that an error of kafkajs or of a socket shows. */
function troubleOfKafka(error: unknown): LogTrouble | undefined {
  if (isForbidden(error)) return "forbidden";
  const type = protocolErrorType(error);
  if (isStaleMetadata(error) || type?.startsWith("NOT_ENOUGH_REPLICAS") === true) return "leaderless";
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
