import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { platform } from "../support/harness.ts";
import { startReceiver } from "../support/receiver.ts";
import { expectEachToldOnce } from "../support/told.ts";
import { expectEachToldInOneGroup } from "../support/told-in-groups.ts";

const child = fileURLToPath(new URL("../support/actions-child.ts", import.meta.url));

it.each([
  ["every transition was told, each under one id", "alone", expectEachToldOnce],
  ["every transition was told by one message of its group", "grouped", expectEachToldInOneGroup],
] as const)("after kill -9 again and again %s", async (_what, way, expectEach) => {
  const folder = await mkdtemp(join(tmpdir(), "headwater-actions-kill-"));
  const receiver = await startReceiver();
  let asked = 0;
  // A receiver that fails now and then, so that a kill finds some that wait for their repetition.
  receiver.answer = (_request, response) => response.writeHead((asked += 1) % 5 === 0 ? 500 : 204).end();
  /** Alerts, by the id of the message that told of them. */
  const toldBy = () =>
    new Map(receiver.received.map(({ id, body }) => [id, (body.data.count as number | undefined) ?? 1]));
  const toldOf = () => [...toldBy().values()].reduce((sum, count) => sum + count, 0);
  const start = async (epoch: number, load: string) => {
    const args = [child, folder, String(epoch), `${receiver.url}/hook`, load, way];
    const running = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const exit = once(running, "exit");
    const [line] = (await Promise.race([once(running.stdout, "data"), exit])) as [unknown];
    expect(String(line)).toContain("ready");
    return async () => {
      running.kill("SIGKILL");
      await exit;
    };
  };
  try {
    for (const round of [1, 2, 3]) {
      const kill = await start(round, "load");
      const [messages, alerts] = [toldBy().size, toldOf()];
      await eventually(() => {
        expect(toldBy().size).toBeGreaterThan(messages + 3);
        expect(toldOf()).toBeGreaterThan(alerts + 20);
      });
      await kill();
    }
    // Nothing new comes: what waits is what the kills left.
    const kill = await start(4, "none");
    await kill();

    const on = await platform(2, folder);
    expect(await expectEach(on, receiver)).toBeGreaterThan(40);
    await on.close();
  } finally {
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
});
