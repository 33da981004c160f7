import { ResourceError, syncDirectory } from "@headwater/core";
import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The gateway's name: as configured, else made once and kept in its folder. */
export async function gatewayId(folder: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const file = join(folder, "gateway-id");
  try {
    const id = (await readFile(file, "utf8")).trim();
    if (pattern.test(id)) return id;
    // 0.1 left it so when it was ended while it made it.
    if (id === "") return await make(file);
    throw new ResourceError(
      `${file} does not hold a gateway's name; set HEADWATER_GATEWAY_ID or put the former name back`,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return make(file);
}

async function make(file: string): Promise<string> {
  const id = `gw-${randomBytes(6).toString("hex")}`;
  // Whole or not at all: a crash or a full disk must not leave an empty one.
  const draft = `${file}.new`;
  await writeFile(draft, `${id}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
  await syncDirectory(dirname(file));
  return id;
}
