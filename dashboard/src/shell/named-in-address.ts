/**
 * What the address names after its place: the id of `/devices/<id>`. Read from the address itself, since what the
 * router hands out is decoded in part, and an id may have a % of its own.
 */
export function namedInAddress(path: string = location.pathname): string {
  const name = path.split("/")[2] ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    // Typed by hand: it is taken as it stands.
    return name;
  }
}
