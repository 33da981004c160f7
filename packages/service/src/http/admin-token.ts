import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { ResourceError, randomToken } from "@headwater/core";

/** A token that people chose themselves is at least this long. */
const minLength = 32;

/**
 * The token in that file (mode 0600), which is made if it is not there: 256 random bits, written whole or not at all,
 * so several processes that start together agree on one. Throws ResourceError, with what to do, if others may read the
 * file or if it holds no token.
 */
export async function loadOrCreateAdminToken(file: string): Promise<string> {
  try {
    return (await load(file)) ?? (await create(file));
  } catch (error) {
    if (error instanceof ResourceError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ResourceError(
      `The admin token file ${file} cannot be read or made (${code}); make its folder writable for this user`,
      {
        cause: error,
      },
    );
  }
}

async function load(file: string): Promise<string | undefined> {
  let mode: number;
  try {
    ({ mode } = await stat(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // Windows has no such modes.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new ResourceError(`Others may read the admin token file ${file}; run: chmod 600 ${quoted(file)}`);
  }
  const token = (await readFile(file, "utf8")).trim();
  if (token.length < minLength || !/^[\x21-\x7e]+$/.test(token)) {
    throw new ResourceError(
      `The admin token file ${file} holds no token (at least ${minLength} characters, no spaces); remove it to have one made`,
    );
  }
  return token;
}

async function create(file: string): Promise<string> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const token = randomToken();
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Unlike a rename, a link fails if another process was first: its token counts.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const theirs = await load(file);
    if (theirs !== undefined) return theirs;
    throw error;
  } finally {
    await unlink(draft);
  }
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return token;
}

function quoted(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
