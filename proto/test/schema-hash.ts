import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../headwater/v1/", import.meta.url);

/** A hash of what the .proto files say, whatever their comments and white space. */
export function schemaHash(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).toSorted()) {
    const text = readFileSync(new URL(name, folder), "utf8");
    const statements = text
      .replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g, "")
      .split(/\s+/)
      .join(" ");
    hash.update(`${name}\n${statements}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
