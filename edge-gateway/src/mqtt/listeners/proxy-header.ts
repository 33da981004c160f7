import { DecodeError, plainAddress } from "@headwater/core";
import { isIPv4, isIPv6 } from "node:net";

/** The PROXY protocol of HAProxy, versions 1 (§2.1) and 2 (§2.2) of its specification, from 2020/03/05. */
export interface ProxyHeader {
  /** Bytes of the header; what follows is the client's. */
  readonly length: number;
  /**
   * Of the client; undefined: the connection is the load balancer's own (LOCAL, UNKNOWN) or of a family without
   * addresses.
   */
  readonly address: string | undefined;
}

const signature2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const signature1 = Buffer.from("PROXY ", "latin1");
const fixed2 = 16;
/** §2.1: the longest line of version 1, with its CRLF. */
const maxLength1 = 107;
/** §2.2 asks for 536 bytes at least; certificates and the like that balancers add as TLVs need some more. */
const maxLength2 = 4096;

const commands = { local: 0, proxy: 1 } as const;
const families = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unixStream: 0x31 } as const;

/**
 * Reads the header at the beginning of a connection; undefined if more bytes are needed. Throws DecodeError if it is
 * none.
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (beginsLike(bytes, signature2)) return bytes.length < fixed2 ? undefined : version2(bytes);
  if (beginsLike(bytes, signature1)) return version1(bytes);
  throw new DecodeError("The connection does not begin with a PROXY header");
}

/** Whether the bytes are the signature, or may become it. */
function beginsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}

function version1(bytes: Buffer): ProxyHeader | undefined {
  const end = bytes.subarray(0, maxLength1).indexOf("\r\n");
  if (end === -1) {
    if (bytes.length >= maxLength1) throw new DecodeError("A PROXY header of version 1 has no end within 107 bytes");
    return undefined;
  }
  const length = end + 2;
  const [, family, source = "", destination = "", ...ports] = bytes.toString("latin1", 0, end).split(" ");
  // Whatever follows UNKNOWN is to be ignored.
  if (family === "UNKNOWN") return { length, address: undefined };
  const isAddress = family === "TCP4" ? isIPv4 : isIPv6;
  const known = family === "TCP4" || family === "TCP6";
  if (!known || !isAddress(source) || !isAddress(destination) || ports.length !== 2 || !ports.every(isPort)) {
    throw new DecodeError("A PROXY header of version 1 does not have the form of one");
  }
  return { length, address: plainAddress(source) };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function version2(bytes: Buffer): ProxyHeader | undefined {
  const versionAndCommand = bytes[12]!;
  const command = versionAndCommand & 0x0f;
  const family = bytes[13]!;
  const rest = bytes.readUInt16BE(14);
  const length = fixed2 + rest;
  if (versionAndCommand >>> 4 !== 2) throw new DecodeError("A PROXY header of a version other than 1 and 2");
  if (command > commands.proxy) throw new DecodeError("A PROXY header with a command other than LOCAL and PROXY");
  if (length > maxLength2) throw new DecodeError(`A PROXY header of ${length} bytes; at most ${maxLength2} are read`);
  if (bytes.length < length) return undefined;
  // A health check of the load balancer: what it says of addresses is to be ignored. Attributes (TLVs) behind the
  // addresses are skipped.
  if (command === commands.local) return { length, address: undefined };
  switch (family) {
    case families.tcp4:
      if (rest < 12) throw new DecodeError("A PROXY header that is too short for its addresses");
      return { length, address: bytes.subarray(fixed2, fixed2 + 4).join(".") };
    case families.tcp6:
      if (rest < 36) throw new DecodeError("A PROXY header that is too short for its addresses");
      return { length, address: ipv6(bytes.subarray(fixed2, fixed2 + 16)) };
    case families.unspecified:
    case families.unixStream:
      return { length, address: undefined };
    default:
      throw new DecodeError("A PROXY header of another protocol than TCP");
  }
}

function ipv6(bytes: Buffer): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes.readUInt16BE(i).toString(16));
  return plainAddress(groups.join(":"));
}
