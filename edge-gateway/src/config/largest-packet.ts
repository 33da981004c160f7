/** Packets of more bytes are never taken: a frame, a record of the log and one of quarantine hold a message whole. */
export const largestPacketBytes = 4 * 1024 * 1024;
