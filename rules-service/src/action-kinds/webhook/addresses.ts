import ipaddr from "ipaddr.js";
import { ConfigError } from "@headwater/core";

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Public by its number, and the service of a cloud's hosts (Azure) all the same. */
const hostServices = new Set(["168.63.129.16"]);

/** Whether webhooks may reach an address: public ones, and those of the networks that a setting names. */
export class Addresses {
  readonly #allowed: readonly Network[];

  /** Throws ConfigError for what is no network in CIDR form. */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map((text) => {
      try {
        return ipaddr.parseCIDR(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
      } catch {
        throw new ConfigError(
          `HEADWATER_ACTIONS_NETWORKS has ${JSON.stringify(text)}, which is neither an address nor a network like 10.1.0.0/16`,
        );
      }
    });
  }

  /** Why an address is refused; undefined if it is not. */
  refusal(text: string): string | undefined {
    if (!ipaddr.isValid(text)) return "is no address";
    // An IPv4 address inside of IPv6 is that IPv4 address.
    const address = ipaddr.process(text);
    if (this.#allowed.some((network) => within(address, network))) return undefined;
    if (hostServices.has(address.toString())) return "is a service of the host";
    const range = address.range();
    if (range !== "unicast") return `is not public (${range})`;
    // ::a.b.c.d, a form of old by which some systems still reach the IPv4 address.
    if (
      address.kind() === "ipv6" &&
      address
        .toByteArray()
        .slice(0, 12)
        .every((byte) => byte === 0)
    ) {
      return "is not public (IPv4-compatible)";
    }
    return undefined;
  }
}

/** The address that a URL names by itself; undefined: it names a host, which a resolver knows. */
export function addressOf(url: URL): string | undefined {
  const host = hostOf(url);
  if (host === "localhost" || host.endsWith(".localhost")) return "127.0.0.1";
  return ipaddr.isValid(host) ? host : undefined;
}

/** The URL parser has made one form of all that a host is written in (decimal, octal, hexadecimal, short, IPv6). */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
