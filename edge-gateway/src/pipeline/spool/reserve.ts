/** How far beyond its bound the spool takes what the gateway has to say itself (bytes). */
export const reserveBytes = 16 * 1024 * 1024;
