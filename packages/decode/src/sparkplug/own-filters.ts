import { DeviceTemplate } from "../device-template.ts";

/** Encoded in a group, an edge node and a device, so that an id says which of them it names. */
export const separatorOfNodes = ":";

const idOfNode = new DeviceTemplate("{group}:{node}", separatorOfNodes);

/**
 * The topics on which an edge node is commanded: what a device whose id is `{group}:{node}` may subscribe to of itself.
 * undefined for an id that names no edge node.
 */
export function commandFiltersOf(device: string): readonly [node: string, devices: string] | undefined {
  const colon = device.indexOf(":");
  const group = unescaped(device.slice(0, colon));
  const node = unescaped(device.slice(colon + 1));
  if (colon === -1 || group === undefined || node === undefined) return undefined;
  // Names have one id: `%3A` is made of a colon, `%3a` and `%41` of nothing.
  const names = new Map([
    ["group", group],
    ["node", node],
  ]);
  if (idOfNode.idOf(names) !== device) return undefined;
  return [`spBv1.0/${group}/NCMD/${node}`, `spBv1.0/${group}/DCMD/${node}/`];
}

/** Whether an edge node may subscribe to that: its own commands and those of the devices behind it. */
export function isOwnCommandFilter(device: string, filter: string): boolean {
  if (!filter.startsWith("spBv1.0/")) return false;
  const own = commandFiltersOf(device);
  return own !== undefined && (filter === own[0] || (filter.startsWith(own[1]) && filter.length > own[1].length));
}

/** The name of which the part of an id can be made; undefined if that is none that a topic can hold as one level. */
function unescaped(part: string): string | undefined {
  try {
    const name = decodeURIComponent(part);
    return name === "" || /[/+#\p{Cc}]/u.test(name) ? undefined : name;
  } catch {
    return undefined;
  }
}
