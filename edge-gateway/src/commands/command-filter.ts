import { filterMatches } from "../devices/access/topic-filter.ts";

/** The device whose commands the filter asks for; undefined if it asks for none, or for those of more than one. */
export function commandDeviceOf(filter: string): string | undefined {
  const levels = filter.split("/");
  const device = levels[1];
  if (levels[0] !== "devices" || device === undefined || device === "" || device === "+" || device === "#")
    return undefined;
  return filterMatches(filter, `devices/${device}/commands/any`) ? device : undefined;
}
