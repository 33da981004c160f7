import { createApiClient } from "@headwater/client";

/** The platform's API; the session of the browser stands for a token. */
export const api = createApiClient(location.origin);
