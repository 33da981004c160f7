import { topLevelVarint } from "./wire-scan.ts";

/** The number of `AlertEvent.transition`. */
const transitionField = 2;

/**
 * Whether the bytes of an alert's event say that a rule made it; what people do has transition 0. Nothing of it is
 * decoded: for those whom only the other ones concern.
 */
export function isMadeByRule(bytes: Uint8Array): boolean {
  return (topLevelVarint(bytes, transitionField) ?? 0) % 2 ** 32 !== 0;
}
