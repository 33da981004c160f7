import { ConfigError } from "@headwater/core";
import { BlockList, isIP } from "node:net";

/** The addresses that may speak for others. Throws ConfigError if one is none. Empty: all. */
export function trustedSources(setting: string, items: readonly string[]): (address: string) => boolean {
  if (items.length === 0) return () => true;
  const list = new BlockList();
  for (const item of items) {
    const [address = "", prefix, ...more] = item.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const bits = prefix === undefined ? undefined : Number(prefix);
    const most = family === "ipv6" ? 128 : 32;
    const fits = bits === undefined || (/^\d{1,3}$/.test(prefix!) && bits <= most);
    if (isIP(address) === 0 || more.length > 0 || !fits) {
      throw new ConfigError(
        `${setting} has ${JSON.stringify(item)}, which is neither an address nor a network like 10.0.0.0/8`,
      );
    }
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return (address) => list.check(address, address.includes(":") ? "ipv6" : "ipv4");
}
