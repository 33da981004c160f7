/**
 * Every code of a problem that the APIs of the platform answer with, under its status, and its meaning. The codes are
 * the same in every service. `conflict` is the only one with two statuses: 412 if the request named a revision.
 */
export const problemCodes: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  400: {
    "aggregate-of-text": "Only count, first and last can be made of texts",
    "invalid-command": "A command is not as a command has to be",
    "invalid-content-length": "The body is not as long as its content-length says",
    "invalid-credential": "A credential is not as a credential has to be",
    "invalid-cursor": "The cursor of a list is none that a page gave",
    "invalid-device": "A device is not as a device has to be",
    "invalid-duration": "A duration cannot be read",
    "invalid-encoding": "The body is not what its content-encoding says, or not UTF-8",
    "invalid-http": "The request is no HTTP",
    "invalid-idempotency-key": "Idempotency-Key is empty, too long, or not of visible characters",
    "invalid-if-match": "If-Match or If-None-Match is neither * nor a list of ETags",
    "invalid-json": "The body is no JSON",
    "invalid-limit": "The limit of a query is out of range",
    "invalid-position": "`after` is no position that a write answered with",
    "invalid-order": "There is no such order of a series",
    "invalid-range": "A range ends before it begins",
    "invalid-request": "The body, query or path does not fit its schema; `errors` names the places",
    "unregistered-filter": "What is not registered cannot be asked for by type or tag",
    "invalid-tag": "A tag of a query is not written as name:value",
    "invalid-time": "A time or a range of times cannot be read",
    "invalid-time-zone": "There is no such time zone",
    "invalid-url": "The path or the query is not percent-encoded correctly",
    "invalid-window": "The window of a query is out of range",
    "invalid-yaml": "The body is no YAML",
    "offset-without-window": "An offset moves windows, and there is none",
    "query-too-long": "The query has too many parameters",
    "unknown-aggregate": "There is no such aggregate",
    "unknown-position": "`after` lies where nothing was written, or in a topic that this service does not follow",
    "unknown-topic": "There is no such topic of the stream",
    "window-and-width": "A window is given and left to be chosen as well",
    "window-without-aggregate": "A window needs an aggregate, and an aggregate a window",
  },
  401: {
    "login-refused": "A device's id and password are not known",
    unauthenticated: "There is no token, or it is not known or was revoked",
  },
  403: {
    forbidden: "The token lacks a scope",
    "no-login": "A device's telemetry needs the device's own login",
    "topic-not-allowed": "The login may not publish to that topic",
  },
  404: {
    "alert-unknown": "There is no such alert",
    "backtest-unknown": "There is no such backtest, or its result is no longer kept",
    "command-unknown": "The device has no such command",
    "credential-unknown": "The device has no such credential",
    "device-unknown": "There is no such device",
    "not-found": "There is nothing at that path",
    "provisioning-key-unknown": "There is no such provisioning key",
    "rule-unknown": "There is no such rule",
    "maintenance-unknown": "There is no such maintenance window",
  },
  405: { "method-not-allowed": "The path does not take that method; Allow names those it takes" },
  406: { "not-acceptable": "Accept takes nothing that the route answers with" },
  408: { "request-timeout": "The request took too long to arrive" },
  409: {
    conflict: "The present state forbids it, or other writes came first; read it again",
    "credential-exists": "The device has that credential already",
    "idempotency-key-reused": "The Idempotency-Key came with another body before",
    "idempotency-key-in-use": "The first request of that Idempotency-Key is under way",
    "device-exists": "There is such a device already",
    "too-many-credentials": "The device has as many credentials as it may have",
    "too-many-passwords": "The device has as many passwords as it may have",
  },
  412: { conflict: "The present revision does not fulfil If-Match or If-None-Match; read it again" },
  413: { "body-too-large": "The body is larger than the route takes" },
  414: { "path-too-long": "A part of the path is too long" },
  415: {
    "unsupported-encoding": "The body's content-encoding is not taken",
    "unsupported-media-type": "The body's content type is not taken",
  },
  422: {
    "range-too-large": "There is too much in the range to be verified at once",
    "record-refused": "The log will never take this, for its size for example",
    undecodable: "The bytes are not what they should be",
  },
  429: {
    "inspected-already": "Somebody inspects this already",
    "too-many-failures": "Too many tokens that are not known came at once",
    "too-many-connections": "There are as many connections from that address as there may be",
  },
  431: { "headers-too-large": "The headers and the path are too large together" },
  500: { internal: "A defect here; the log has it under the request's id" },
  503: {
    closing: "The server is about to stop",
    "log-unavailable": "The event log is away; a write may be repeated",
    "queue-closed": "A part of the server is about to stop",
    "read-model-stopped": "The server's read model is about to stop",
    starting: "The server has not started yet",
    "store-unavailable": "The time-series store is away",
    "timed-out": "Something did not answer in time; a write may still land",
    "too-many-listeners": "There are as many streams as there may be",
    "too-many-waiting": "Too many requests wait for the same; try again shortly",
    "unknown-outcome": "It is not known whether a write landed; read before repeating it",
  },
  504: { "read-model-behind": "A write is in the log and cannot be read here yet" },
};

/** The table as Markdown, for the description of the API. */
export function describeProblemCodes(): string {
  const rows = Object.entries(problemCodes).flatMap(([status, codes]) =>
    Object.entries(codes).map(([code, meaning]) => `| ${status} | \`${code}\` | ${meaning} |`),
  );
  return [
    "Errors are problem details (RFC 9457); `code` is the stable name of the kind of problem:",
    "",
    "| Status | Code | Meaning |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}
