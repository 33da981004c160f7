/** How a client reached the gateway, settled by the listener before the broker sees the connection. */
export interface Peer {
  readonly transport: "tcp" | "tls" | "ws" | "wss" | "https";
  /** Of the client itself: from the PROXY header where a load balancer stands before the gateway. */
  readonly address: string;
  /** A client certificate that the listener's certificate authorities have signed; undefined: none was shown. */
  readonly certificate?: PeerCertificate;
  /**
   * Over HTTPS alone, where a request hears why (a connection of MQTT is closed): the certificate that was shown does
   * not count, or none was shown where one is required.
   */
  readonly certificateProblem?: string;
}

export interface PeerCertificate {
  /**
   * Distinguished name, RFC 4514 order, as `openssl x509 -nameopt RFC2253 -subject` prints it; the value of an
   * attribute that OpenSSL has no name for is here as text, where OpenSSL prints its bytes.
   */
  readonly subject: string;
  readonly commonName: string | undefined;
  /** SHA-256 of the certificate, 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
  /** µs since the epoch. */
  readonly notAfter: number;
}

const peers = new WeakMap<object, Peer>();

/** Tells what stands at the other end of a stream that is about to be handed to the broker. */
export function bindPeer(stream: object, peer: Peer): void {
  peers.set(stream, peer);
}

export function peerOf(stream: object): Peer {
  return peers.get(stream) ?? { transport: "tcp", address: "" };
}
