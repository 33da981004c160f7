export { createApiClient, type ApiClient } from "./api-client.ts";
export { ApiError, NoAnswerError, ProblemError, type ProblemDetails } from "./api-error.ts";
export { pathOf, type AnswerOf, type InputOf, type Method, type PathOf, type Schemas } from "./routes.ts";
export { registerDevice, type Registration } from "./register-device.ts";
