import { randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, rmSync, statSync } from "node:fs";
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { RequestError } from "@headwater/core";
import type { HttpApp } from "@headwater/service";
import type { TimeSeriesStore } from "@headwater/time-series";

export interface BackupRouteOptions {
  readonly store: Pick<TimeSeriesStore, "backup">;
  /** Where a copy lies until its client has it; what a crash left there is removed. */
  readonly folder: string;
}

const mediaType = "application/vnd.sqlite3";
/** With these every file of SQLite begins, so that an answer can begin before the copy is made. */
const MAGIC = Buffer.from("SQLite format 3\0", "latin1");
/** So long (milliseconds) a failure can be answered as one. */
const PATIENCE_MS = 10_000;

/** A copy of the embedded store while it runs, for administrators. */
export function backupRoute(app: HttpApp, { store, folder }: BackupRouteOptions): void {
  rmSync(folder, { recursive: true, force: true });
  app.get(
    "/api/v1/store/backup",
    {
      config: { scopes: ["store:backup"], produces: [mediaType] },
      schema: {
        operationId: "backUpStore",
        summary: "A consistent copy of the embedded time-series store, made while it runs",
        description:
          "The file of SQLite as it is when the copy ends: all that was stored before the request, and of what came " +
          "meanwhile whole writes. It needs as much room on the disk as the store has. Put in the place of " +
          "`time-series.sqlite`, it is restored. One backup at a time (409 `backup-running`); InfluxDB has a way of " +
          "its own (409 `no-backup-here`). A copy that fails after its answer has begun is cut off.",
        tags: ["store"],
      },
    },
    async (request, reply) => {
      if (store.backup === undefined) {
        throw new RequestError(409, "no-backup-here", "Points are in InfluxDB; `influx backup` copies them");
      }
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${randomBytes(8).toString("hex")}.sqlite`);
      const made = store.backup(file);
      const cleared = (): Promise<void> => unlink(file).catch(() => {});
      // Also when the client has gone meanwhile; a failure is told by whoever waits for it.
      made.catch(cleared);
      const isMade = await Promise.race([made.then(() => true), sleep(PATIENCE_MS, false, { ref: false })]);
      if (isMade) void reply.header("content-length", statSync(file).size);
      void reply.type(mediaType).header("content-disposition", 'attachment; filename="time-series.sqlite"');
      const body = Readable.from(contentOf(file, made), { objectMode: false });
      body.on("error", (error) => request.log.error(error));
      body.once("close", () => void made.then(cleared, () => {}));
      return reply.send(body);
    },
  );
}

async function* contentOf(file: string, made: Promise<void>): AsyncGenerator<Uint8Array> {
  yield MAGIC;
  await made;
  yield* createReadStream(file, { start: MAGIC.length }) as AsyncIterable<Uint8Array>;
}
