export { createApiClient, type ApiClient } from "./api-client.ts";
export {
  ApiError,
  BadAddressError,
  NoAnswerError,
  NotServedError,
  ProblemError,
  type ProblemDetails,
} from "./api-error.ts";
export { createPlatformClient, type PlatformClientOptions } from "./platform-client.ts";
export { registerDevice, type Registration } from "./register-device.ts";
