import { silentLogger } from "@headwater/core";
import { randomUUID } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OpenSessions } from "./open-sessions.ts";

describe("the sessions that are open", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "open-sessions-"));
    file = join(folder, "open-sessions");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const openFile = () => OpenSessions.open({ file, logger: silentLogger });

  it("are known to the next process, those that have ended are not", async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    let sessions = await openFile();
    sessions.begin({ device: "pump 1", session: a });
    sessions.begin({ device: "valve", session: b });
    sessions.end(b);
    sessions.end(randomUUID());
    await sessions.close();
    sessions = await openFile();
    expect(sessions.all).toEqual([{ device: "pump 1", session: a }]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await sessions.close();
  });

  it("a line that was cut off, and bytes that are none, are passed over", async () => {
    const session = randomUUID();
    await writeFile(file, `+${session} pump\n\u0000garbage\n-nonsense\n+${randomUUID()}\n`);
    await appendFile(file, `+${randomUUID()} va`);
    const sessions = await openFile();
    expect(sessions.all).toEqual([{ device: "pump", session }]);
    await sessions.close();
  });

  it("their file stays small however often devices come and go", async () => {
    let sessions = await openFile();
    const stays = randomUUID();
    sessions.begin({ device: "stays", session: stays });
    for (let round = 0; round < 40; round += 1) {
      for (let i = 0; i < 200; i += 1) {
        const session = randomUUID();
        sessions.begin({ device: `d-${i}`, session });
        sessions.end(session);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await sessions.close();
    expect((await readFile(file)).length).toBeLessThan(512 * 1024);
    sessions = await openFile();
    expect(sessions.all).toEqual([{ device: "stays", session: stays }]);
    await sessions.close();
  });
});
