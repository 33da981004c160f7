/**
 * Names that InfluxDB cannot hold, or line protocol not carry without harm, and the names stored instead. Its parser
 * has no escape for a backslash and reads a tag value that has one differently in two places, so that one hostile
 * device id could swallow its neighbours' lines; a field called `time` is dropped in silence; `#` makes a measurement a
 * comment; columns of Flux begin with `_`. Such characters are written as `%XX`; all other names, `%` included, stay as
 * they are.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const DANGEROUS = /[\u0000-\u001f\u007f\\]|^[#_]|^t(?=ime$)|%(?=[01][0-9A-F]|7F|5C|23|5F|74|25)/g;
const ENCODED = /%([01][0-9A-F]|7F|5C|23|5F|74|25)/g;

export function encodeName(name: string): string {
  return name.replace(
    DANGEROUS,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

export function decodeName(stored: string): string {
  return stored.replace(ENCODED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
