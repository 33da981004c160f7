import { ResourceError, syncDirectory } from "@headwater/core";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The gateway's name: as configured, else made once and kept in its folder. */
export async function gatewayId(folder: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const file = join(folder, "gateway-id");
  try {
    const id = (await readFile(file, "utf8")).trim();
    if (pattern.test(id)) return id;
    throw new ResourceError(
      `${file} does not hold a gateway's name; set HEADWATER_GATEWAY_ID or put the former name back`,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const id = `gw-${randomBytes(6).toString("hex")}`;
  await writeFile(file, `${id}\n`, { mode: 0o600, flag: "wx", flush: true });
  await syncDirectory(folder);
  return id;
}
