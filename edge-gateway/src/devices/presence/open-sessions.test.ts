import { silentLogger, sleep } from "@headwater/core";
import { randomUUID } from "node:crypto";
import { appendFile, mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
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

  it("nothing is done to the file after its end", async () => {
    const said: string[] = [];
    const logger = { ...silentLogger, warn: (_: object | string, text?: string) => void said.push(text ?? "") };
    const sessions = await OpenSessions.open({ file, logger });
    sessions.begin({ device: "pump", session: randomUUID() });
    await sessions.close();
    // Longer than the disk may be behind.
    await sleep(1500);
    expect(said).toEqual([]);
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
    const comeAndGo = (): void => {
      for (let i = 0; i < 200; i += 1) {
        const session = randomUUID();
        sessions.begin({ device: `d-${i}`, session });
        sessions.end(session);
      }
    };
    for (let round = 0; round < 40; round += 1) {
      comeAndGo();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    // What piled up during a slow write is written at once, and gone with what comes after it.
    await eventually(async () => {
      comeAndGo();
      expect((await stat(file)).size).toBeLessThan(512 * 1024);
    });
    await sessions.close();
    sessions = await openFile();
    expect(sessions.all).toEqual([{ device: "stays", session: stays }]);
    await sessions.close();
  });

  it("are read from a file of version 0.1", async () => {
    const [a, b] = ["2f1c0a94-7c9b-4a8e-9d5e-0a1b2c3d4e5f", "11111111-7c9b-4a8e-9d5e-0a1b2c3d4e5f"];
    await writeFile(file, `+${a} pump 1\n+${b} valve\n-${b}\n`);
    const sessions = await openFile();
    expect(sessions.all).toEqual([{ device: "pump 1", session: a }]);
    await sessions.close();
  });

  it("that could not be noted while the disk was full are noted once it is not", async () => {
    let isFull = false;
    let refused = 0;
    const sessions = await OpenSessions.open({
      file,
      logger: silentLogger,
      open: async (...args: Parameters<typeof open>) => {
        const handle = await open(...args);
        const write = handle.write.bind(handle) as (...of: unknown[]) => Promise<never>;
        return Object.assign(handle, {
          write: (...of: unknown[]) => {
            if (isFull) {
              refused += 1;
              throw Object.assign(new Error("full"), { code: "ENOSPC" });
            }
            return write(...of);
          },
        });
      },
    });
    const [a, b] = [randomUUID(), randomUUID()];
    isFull = true;
    sessions.begin({ device: "pump", session: a });
    await eventually(() => expect(refused).toBeGreaterThan(0));
    isFull = false;
    sessions.begin({ device: "valve", session: b });
    await sessions.close();
    const next = await openFile();
    expect(next.all).toEqual([
      { device: "pump", session: a },
      { device: "valve", session: b },
    ]);
    await next.close();
  });
});
