export { createApiClient, type ApiClient } from "./api-client.ts";
export { ApiError } from "./api-error.ts";
export { registerDevice, type Registration } from "./register-device.ts";
