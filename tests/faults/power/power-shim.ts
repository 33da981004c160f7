import { ResourceError } from "@headwater/core";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A preloaded library that knows what of a folder would outlast a power failure, and the tool that puts the folder back
 * to that.
 */
export class PowerShim {
  readonly #folder: string;
  readonly #library: string;
  readonly #watched: string;
  #shadows = 0;

  private constructor(folder: string, watched: string) {
    this.#folder = folder;
    this.#library = join(folder, "shim.so");
    this.#watched = watched;
  }

  static async build(watched: string): Promise<PowerShim> {
    const folder = await mkdtemp(join(tmpdir(), "power-shim-"));
    const shim = new PowerShim(folder, watched);
    const source = join(import.meta.dirname, "shim.c");
    try {
      await run("cc", [
        "-O1",
        "-Wall",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        shim.#library,
        source,
        "-ldl",
        "-lpthread",
      ]);
    } catch (cause) {
      const { stderr = "" } = cause as { stderr?: string };
      throw new ResourceError(
        `The shim cannot be built; it needs cc and the C library's headers (gcc, libc6-dev). ${stderr}`,
        {
          cause,
        },
      );
    }
    return shim;
  }

  /** For the environment of the process whose files are watched from its start on. */
  async environment({ ignoreFsync = false } = {}): Promise<Record<string, string>> {
    this.#shadows += 1;
    await mkdir(this.#shadow, { mode: 0o700 });
    return {
      LD_PRELOAD: this.#library,
      SHIM_DIR: this.#watched,
      SHIM_SHADOW: this.#shadow,
      SHIM_IGNORE_FSYNC: ignoreFsync ? "1" : "0",
      // System calls that are queued in a ring pass the library by.
      UV_USE_IO_URING: "0",
    };
  }

  /** After that process was killed: the files are as the disk would have them. Answers how many bytes are gone. */
  async restore(): Promise<number> {
    let before = 0;
    let after = 0;
    const folders = await foldersBelow(this.#watched);
    for (const folder of folders) {
      for (const name of await filesIn(folder)) {
        before += (await stat(join(folder, name))).size;
        await rm(join(folder, name));
      }
    }
    const lists = join(this.#shadow, "dirs");
    for (const file of await readdir(lists)) {
      if (!file.endsWith(".list")) continue;
      const [folder = "", ...lines] = (await readFile(join(lists, file), "utf8")).split("\n");
      for (const line of lines) {
        if (line === "") continue;
        const [data = "", name = ""] = line.split("\t");
        const target = join(folder, name);
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        const kept = await stat(join(this.#shadow, "data", data)).catch(() => undefined);
        // Its name lasts, and nothing of what was in it.
        if (kept === undefined) await writeFile(target, "", { mode: 0o600 });
        else {
          await copyFile(join(this.#shadow, "data", data), target);
          after += kept.size;
        }
      }
    }
    await rm(this.#shadow, { recursive: true });
    return before - after;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #shadow(): string {
    return join(this.#folder, `shadow-${this.#shadows}-${basename(this.#watched)}`);
  }
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return [folder, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
