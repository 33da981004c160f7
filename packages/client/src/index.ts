export { callThrough, createApiClient, type ApiClient } from "./api-client.ts";
export {
  ApiError,
  BadAddressError,
  ForeignAnswerError,
  NoAnswerError,
  NotServedError,
  ProblemError,
  type ProblemDetails,
} from "./api-error.ts";
export { createPlatformClient, type PlatformClientOptions } from "./platform-client.ts";
export { pathOf, type AnswerOf, type InputOf, type Method, type PathOf, type Schemas } from "./routes.ts";
export { registerDevice, type Registration } from "./register-device.ts";
