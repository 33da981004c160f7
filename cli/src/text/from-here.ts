/** A listener on every address is reached from this machine on loopback. */
export function fromHere(address: string): string {
  return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
