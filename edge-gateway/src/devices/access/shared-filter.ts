/** A shared subscription as clients and rules write it (MQTT 5, 4.8.2): `$share/{group}/{filter}`. */
export const sharePrefix = "$share/";

/**
 * The same inside of the gateway: the guard puts the control character there, which no client can send, in the place of
 * the `$`. A filter that begins so is a shared one, well-formed, and nothing else is.
 */
export const shareMark = 0x01;
const inside = `${String.fromCharCode(shareMark)}share/`;

export function isShared(filter: string): boolean {
  return filter.startsWith(inside);
}

/** Of a shared subscription the filter that it shares; any other as it is. */
export function sharedFilterOf(filter: string): string {
  return isShared(filter) ? filter.slice(filter.indexOf("/", inside.length) + 1) : filter;
}

/** As its client wrote it. */
export function asWritten(filter: string): string {
  return isShared(filter) ? `$${filter.slice(1)}` : filter;
}
