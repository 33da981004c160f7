import type { Permissions } from "./permissions.ts";

/** Where a new device asks to be registered, and hears the answer. */
export const provisioningTopics = { request: "provision/request", response: "provision/response" } as const;

/** Whoever shows a provisioning key. */
export const provisioningPermissions: Permissions = {
  key: "provisioning",
  mayPublish: (topic) => topic === provisioningTopics.request,
  isDenied: () => false,
  mayShare: false,
  maySubscribe: (filter) => filter === provisioningTopics.response,
  // The answer comes from the gateway itself; what others say there is none.
  mayReceive: () => false,
};
