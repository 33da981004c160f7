/** How a process ends (sysexits: 70 is an internal error). */
export const exitCodes = { ok: 0, failed: 1, internal: 70 } as const;
