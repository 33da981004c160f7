import { isIPv6, SocketAddress } from "node:net";

const mapped = "::ffff:";

/**
 * An address as people write it: IPv4 plainly also where a dual-stack socket shows it inside IPv6, IPv6 in its shortest
 * form, no zone.
 */
export function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  const zone = address.indexOf("%");
  const bare = zone === -1 ? address : address.slice(0, zone);
  if (!isIPv6(bare)) return bare;
  const short = new SocketAddress({ address: bare, family: "ipv6" }).address;
  return short.startsWith(mapped) && short.includes(".") ? short.slice(mapped.length) : short;
}

/**
 * What counts as one client where connections per address are limited: an IPv6 host has a whole /64 network to itself.
 */
export function addressGroup(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? 0 : tail.split(":").length;
  while (before.length + after < 8) before.push("0");
  return before.slice(0, 4).join(":");
}
