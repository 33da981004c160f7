import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { backUp } from "./backup.ts";

it("waits for a transaction that is open as it begins, and has what it wrote", async () => {
  const folder = await mkdtemp(join(tmpdir(), "headwater-backup-"));
  const database = new DatabaseSync(join(folder, "store.sqlite"));
  try {
    database.exec("pragma journal_mode = wal; create table point (value integer)");
    database.exec("begin; insert into point values (1)");
    const path = join(folder, "copy.sqlite");
    const copying = backUp(database, path, new AbortController().signal);
    await sleep(50);
    database.exec("insert into point values (2); commit");
    await copying;
    const copy = new DatabaseSync(path, { readOnly: true });
    expect(copy.prepare("select count(*) as points from point").get()).toEqual({ points: 2 });
    copy.close();
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
});
