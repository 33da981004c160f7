import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

let folder: string;
let tokenFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-cli-"));
  tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "x".repeat(43), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An address where nothing listens any more. */
async function nowhere(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}

describe("a command whose platform does not answer", { timeout: 30_000 }, () => {
  it.each([
    { args: ["ledger"] },
    { args: ["gateway", "inspect"] },
    { args: ["gateway", "inspect", "--export", "-"] },
    { args: ["sim", "--settle", "0"] },
  ])("headwater $args says so in one line, and ends with 1", async ({ args }) => {
    const url = await nowhere();
    const { code, out, err } = await runCli([...args, "--url", url, "--token-file", tokenFile]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toContain(`${url}/api/v1/`);
    expect(err).toContain("is Headwater running there?");
  });
});
