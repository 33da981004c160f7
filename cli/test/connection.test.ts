import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const ledger = JSON.stringify({ balanced: true, totals: { logged: 3 } });

describe("a command that speaks to Headwater", () => {
  let folder: string;
  let servers: Server[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-connection-"));
  });
  afterEach(() => {
    for (const server of servers) server.close();
    servers = [];
    rmSync(folder, { recursive: true });
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Answers the ledger to whoever shows the token, everything else with 404. */
  const ingest: RequestListener = (request, response) => {
    if (request.url?.split("?")[0] !== "/api/v1/ledger") response.writeHead(404).end();
    else if (request.headers.authorization === "Bearer right") response.end(ledger);
    else response.writeHead(401).end(JSON.stringify({ detail: "This needs a bearer token", status: 401 }));
  };

  it("takes address and token from the environment", async () => {
    const url = await serve(ingest);
    const { code, out } = await runCli(["ledger"], { HEADWATER_URL: url, HEADWATER_TOKEN: "right" });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^balanced$/m) });
  });

  it("takes the token from a file that the environment names; an option goes before it", async () => {
    const url = await serve(ingest);
    const [right, wrong] = [join(folder, "right"), join(folder, "wrong")];
    writeFileSync(right, "right\n");
    writeFileSync(wrong, "wrong\n");
    expect((await runCli(["ledger", "--url", url], { HEADWATER_TOKEN_FILE: right })).code).toBe(0);
    const env = { HEADWATER_TOKEN: "wrong", HEADWATER_TOKEN_FILE: wrong, HEADWATER_URL: "http://127.0.0.1:1" };
    expect((await runCli(["ledger", "--url", url, "--token-file", right], env)).code).toBe(0);
  });

  it("explains a refused token in one line", async () => {
    const url = await serve(ingest);
    const { code, out, err } = await runCli(["ledger"], { HEADWATER_URL: url, HEADWATER_TOKEN: "wrong" });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^GET \/api\/v1\/ledger\S*: 401 .*--token-file or HEADWATER_TOKEN_FILE.*\n$/);
  });

  it("says in one line that an address or a token is none", async () => {
    const env = { HEADWATER_TOKEN: "right", HEADWATER_URL: "localhost" };
    expect(await runCli(["ledger"], env)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^"localhost" is .*\n$/),
    });
    const twoWords = { HEADWATER_URL: "http://127.0.0.1:1", HEADWATER_TOKEN: "two words" };
    expect(await runCli(["ledger"], twoWords)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^HEADWATER_TOKEN .*\n$/),
    });
  });

  it("finds the service through what any other says about it", async () => {
    const at = await serve(ingest);
    const rules = await serve((request, response) => {
      if (request.url === "/api/v1") response.end(JSON.stringify({ services: ["rules"], urls: { ingest: at } }));
      else response.writeHead(404).end(JSON.stringify({ detail: `There is nothing at ${request.url}`, status: 404 }));
    });
    expect((await runCli(["ledger", "--url", rules], { HEADWATER_TOKEN: "right" })).code).toBe(0);
  });

  it("names the options that help where nobody known serves a path", async () => {
    const url = await serve((_request, response) => void response.writeHead(404).end());
    const { code, err } = await runCli(["ledger", "--url", url], { HEADWATER_TOKEN: "right" });
    expect(code).toBe(1);
    expect(err).toBe(`${url} does not serve /api/v1/ledger; name the service that does with --url or --rules-url\n`);
  });
});
