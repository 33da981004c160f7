import { packetKinds } from "./packet-kinds.ts";
import { properties } from "./properties.ts";
import { reasons } from "./reason-codes.ts";
import { violations, type Violation } from "./violations.ts";

/** Violations of a property, which the text names. */
const ofProperties: ReadonlySet<Violation> = new Set<Violation>([
  "unknown-property",
  "misplaced-property",
  "repeated-property",
  "property-value",
]);

/**
 * The reason string of a refusal: where, what, and what to do.
 * @param property the identifier of the property that was read last
 * @param sizes of a packet that is too large
 */
export function reasonText(
  violation: Violation,
  type: number,
  property: number,
  sizes?: { readonly bytes: number; readonly most: number },
): string {
  const named = ofProperties.has(violation) ? `, ${propertyName(property)}` : "";
  const measured = sizes === undefined ? "" : ` of ${sizes.bytes} bytes (at most ${sizes.most})`;
  return `${packetKinds[type]!.name}${named}${measured}: ${violations[violation]}; ${reasons[violation].advice}`;
}

function propertyName(id: number): string {
  return properties[id]?.name ?? `property 0x${id.toString(16).padStart(2, "0")}`;
}
