import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, runCliProcess, startCli } from "./run-cli.ts";

let folder: string;
let tokenFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-cli-"));
  tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "x".repeat(43), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An address where nothing listens: no system gives out a port as low as this one. */
const nowhere = "http://127.0.0.1:1";

/** A program that is not Headwater, until the work is done. */
async function beside<R>(listener: RequestListener, work: (url: string) => Promise<R>): Promise<R> {
  const server = createHttpServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("a command whose platform does not answer", () => {
  it.each([
    { args: ["ledger"] },
    { args: ["gateway", "inspect"] },
    { args: ["gateway", "inspect", "--export", "-"] },
    { args: ["sim", "--settle", "0"] },
  ])("headwater $args says so in one line, and ends with 1", async ({ args }) => {
    const url = nowhere;
    const { code, out, err } = await runCli([...args, "--url", url, "--token-file", tokenFile]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toContain(`${url}/api/v1/`);
    expect(err).toContain("is Headwater running there?");
  });
});

describe("a command that another program answers", () => {
  const bodies = ["<html>hello</html>", "{}", "[]", "null"];

  it.each([{ args: ["ledger"] }, { args: ["ledger", "--json"] }, { args: ["gateway", "inspect"] }])(
    "headwater $args says so in one line, and ends with 1",
    async ({ args }) => {
      for (const body of bodies) {
        await beside(
          (_request, response) => response.end(body),
          async (url) => {
            const { code, out, err } = await runCli([...args, "--url", url, "--token-file", tokenFile]);
            expect({ body, code, out }).toEqual({ body, code: 1, out: "" });
            expect(err).toMatch(/^GET [^\n]*is Headwater what listens there, in this release\?\n$/);
          },
        );
      }
    },
  );

  it("ends at once on Ctrl-C, though no answer comes", async () => {
    let asked = (): void => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await beside(asked, async (url) => {
      const child = startCli(["ledger", "--url", url, "--token-file", tokenFile]);
      await reached;
      const started = performance.now();
      child.kill("SIGINT");
      await once(child, "close");
      expect(child.exitCode).toBe(130);
      // The call itself would be given up after half a minute.
      expect(performance.now() - started).toBeLessThan(25_000);
    });
  });
});

describe("a simulation without MQTT", () => {
  it("says so in one line, and ends with 1", async () => {
    const mqtt = nowhere.replace("http:", "mqtt:");
    const answer: RequestListener = (_request, response) => response.end('{"token":"t"}');
    await beside(answer, async (url) => {
      const { code, err } = await runCli(["sim", "--url", url, "--mqtt", mqtt, "--token-file", tokenFile]);
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`^boiler-1 cannot connect to ${mqtt}[^\\n]*ECONNREFUSED[^\\n]*\\n$`));
    });
  });
});

describe("a command about files that are not there", () => {
  it.each(["check", "repair"])("headwater log %s says so, and makes none", async (action) => {
    const { code, err } = await runCli(["log", action, "--data-dir", folder]);
    expect([code, err]).toEqual([1, `There is no event log in ${join(folder, "event-log")}\n`]);
    expect(readdirSync(folder)).toEqual(["token"]);
  });

  it.skipIf(process.platform !== "linux")("a data folder that nobody can make ends the start", async () => {
    const { code, err } = await runCliProcess(["start"], { HEADWATER_DATA_DIR: "/proc/headwater" });
    expect([code, err]).toEqual([1, expect.stringMatching(/^The data folder \/proc\/headwater cannot be written to/)]);
  });
});
