import { createWriteStream } from "node:fs";
import { open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { syncDirectory } from "@headwater/core";
import { CommandError, UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater store backup FILE: a consistent copy of the embedded time-series store, made while it runs

${connectionUsage}

FILE must not be there. It is whole or not there at all. To restore it, stop Headwater, put it in the place of
time-series/time-series.sqlite in the data folder, remove the -wal and -shm files beside that, and start Headwater.`;

const MAGIC = "SQLite format 3\0";

export const storeCommand: Command = {
  name: "store",
  summary: "backup FILE: a copy of the embedded time-series store while it runs",
  async run(args, { env }) {
    const { values, positionals } = parseOptions("store", args, connectionOptions, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [action, file, ...rest] = positionals;
    if (action !== "backup" || file === undefined || rest.length > 0) throw new UsageError("store backup FILE");
    if ((await stat(file).catch(() => undefined)) !== undefined) throw new CommandError(`${file} is there already`);
    const draft = `${file}.part`;
    try {
      const body = await connect(values, env).stream("/api/v1/store/backup");
      await pipeline(Readable.fromWeb(body as never), createWriteStream(draft, { mode: 0o600, flags: "w" }));
      await finish(draft, file);
    } catch (error) {
      await unlink(draft).catch(() => {});
      throw error;
    }
    console.log(`${file}: ${(await stat(file)).size} bytes`);
    return 0;
  },
};

async function finish(draft: string, file: string): Promise<void> {
  const handle = await open(draft, "r+");
  try {
    const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    if (buffer.toString("latin1") !== MAGIC) throw new CommandError("what came is no backup; is Headwater there?");
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncDirectory(dirname(file));
}
