/**
 * Text as InfluxDB may hold it. Flux (0.196) loses an empty text that follows others and gives the texts after it to
 * the wrong times, so there must be none: an empty text is stored as `%`, and one of nothing but `%` gets one more.
 */
const ONLY_MARKS = /^%*$/;

export function encodeText(text: string): string {
  return ONLY_MARKS.test(text) ? `${text}%` : text;
}

export function decodeText(stored: string): string {
  return stored !== "" && ONLY_MARKS.test(stored) ? stored.slice(1) : stored;
}
