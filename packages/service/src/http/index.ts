export type { AnswerParts } from "./answer-parts.ts";
export { createHttpServer } from "./http-server.ts";
export type { HttpServer, HttpServerOptions } from "./http-server.ts";
export type { Directory } from "./status-routes.ts";
export type { HttpApp } from "./type-provider.ts";
export { adminTokenAuth, mayUse, metricsTokenAuth, requireScopes } from "./principal.ts";
export type { Authenticator, Principal } from "./principal.ts";
export { principalOf } from "./authentication.ts";
export { FailedLogins } from "./failed-logins.ts";
export { refuseForeignBrowsers } from "./own-page.ts";
export { clearSessionCookie, sessionSecret, setSessionCookie } from "./session-cookie.ts";
export { loadOrCreateAdminToken } from "./admin-token.ts";
export type { CursorList } from "./page.ts";
export { decodeCursor, encodeCursor, isNumberPlace, isTextPlace, listQuery, pageOf, pageSchema } from "./page.ts";
export { InvalidRequestError, problemSchema, statusOf } from "./problem.ts";
export { afterQuery, parsePosition, positionSchema, positionText, waitForAfter } from "./position.ts";
export { wantedType } from "./accept.ts";
export { jsonInSlices, type LongAnswer } from "./json-in-slices.ts";
export { idempotencyKey } from "./idempotency.ts";
export {
  deviceId,
  duration,
  namedProperties,
  plainText,
  timeReference,
  timeZoneName,
  windowLength,
  windowOffset,
} from "./documented.ts";
export { etagOf, parsePrecondition, variantEtag } from "./precondition.ts";
export type { Precondition } from "./precondition.ts";
export { bodyText } from "./text-bodies.ts";
export { expiryFields, expiryOf, expiryShown } from "./expiry.ts";
