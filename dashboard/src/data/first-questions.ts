/**
 * What the page asks the platform first. The platform names it in the head of the document (`preload.json` of the
 * build), so that a browser asks while it loads the scripts that take the answers.
 */
export const sessionPath = "/api/v1/session";

/**
 * Enough to fill a screen; they are there long before the last of a great fleet. Registered ones alone, and without
 * when they were seen: to find those that were only heard the platform looks at all that has ever sent, and to tell
 * when, it asks its store.
 */
export const firstDevices = { limit: 100, registered: "true", sort: "name", lastSeen: false } as const;

const devicesPath = `/api/v1/devices?${new URLSearchParams(Object.entries(firstDevices).map(([k, v]) => [k, String(v)]))}`;

/**
 * The cookie of a browser whose session may not read the fleet, so that neither the page nor the head of its document
 * asks for what would be refused. It is a hint: whoever may what, the platform decides with each request.
 */
export const elsewhere = "headwater-elsewhere=1";

/** By the place of the page; `*`: everywhere else. */
export const firstQuestions = { "/": [sessionPath, devicesPath], "*": [sessionPath] } as const;
