/**
 * What OpenAPI says of a text beyond what the schema checks: handlers check these themselves, and their problems say
 * more than that a pattern does not fit. Every expression is one that JavaScript, Python and Rust read alike.
 */
interface Documented {
  readonly documented: Readonly<Record<string, unknown>>;
}

function text(pattern: string, more: Readonly<Record<string, unknown>> = {}): Documented {
  return { documented: { pattern, ...more } };
}

const control = String.raw`\x00-\x1f\x7f-\x9f`;
const amount = String.raw`\d{1,4}(?:\.\d{1,3})?`;
const shortDuration = `(?:${amount}(?:us|ms|s|m|h|d)){1,3}`;
const isoTime = String.raw`2[01]\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z`;
const tag = String.raw`(?:W/)?"[!#-~]{0,40}"`;

export const timeReference = text(`^(?:now|-${shortDuration}|-[1-9]\\d?(?:mo|y)|${isoTime})$`);
export const duration = text(`^${shortDuration}$`);
export const windowLength = text(`^(?:${shortDuration}|[1-9]\\d?(?:d|w|mo|y))$`);
export const windowOffset = text(`^-?${shortDuration}$`);
export const timeZoneName = text(String.raw`^(?:[A-Za-z]{2,20}(?:/[A-Za-z0-9_+\-]{2,30}){0,2}|[+-]\d\d:\d\d)$`);
export const entityTags = text(String.raw`^(?:\*|${tag}(?:, ${tag}){0,5})$`);
export const positionPattern = text(String.raw`^[A-Za-z0-9._-]{1,249}/\d{1,6}/\d{1,15}$`);
export const deviceId = text(`^(?!\\.{1,2}$)[^$/+#\\s${control}](?:[^/+#${control}]{0,126}[^/+#\\s${control}])?$`, {
  minLength: 1,
  maxLength: 128,
});
/** Of a tag or an attribute. */
export const propertyName = String.raw`^(?!__proto__$)[\p{L}\p{N}_][\p{L}\p{N}_.:\- ]{0,63}$`;

/** Text of so many characters, none of them a control character. */
export function plainText(minLength: number, maxLength: number): Documented {
  return text(`^[^${control}]*$`, { minLength, maxLength });
}

/** At most so many properties, called as tags and attributes may be. */
export function namedProperties(maxProperties: number): Documented {
  return { documented: { propertyNames: { pattern: propertyName }, maxProperties } };
}
