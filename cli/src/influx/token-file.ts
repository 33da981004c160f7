import { randomBytes } from "node:crypto";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory } from "@headwater/core";
import { InfluxTokenError } from "./errors.ts";

/** The token in the file; undefined if there is none. @throws InfluxTokenError if others may read it, or nobody can. */
export async function readTokenFile(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new InfluxTokenError(
        `Others may read the token file ${file}; remove it, and the next run makes a new token`,
      );
    }
    const token = (await readFile(file, "utf8")).trim();
    return token === "" ? undefined : token;
  } catch (error) {
    if (error instanceof InfluxTokenError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new InfluxTokenError(`The token file ${file} cannot be read (${code})`, { cause: error });
  }
}

/** Whole or not at all, and readable by this user alone. @throws InfluxTokenError if the folder takes no file. */
export async function writeTokenFile(file: string, token: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(`${token}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await unlink(draft).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    throw new InfluxTokenError(`The token file ${file} cannot be written (${code}); its folder has to be this user's`, {
      cause: error,
    });
  }
}
