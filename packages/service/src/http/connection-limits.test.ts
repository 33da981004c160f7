import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { createMetrics } from "../metrics/index.ts";
import { adminTokenAuth, createHttpServer, type HttpServer, type HttpServerOptions } from "./index.ts";

const open: HttpServer[] = [];
let handled = 0;

async function server(limits: HttpServerOptions["limits"]): Promise<number> {
  const metrics = createMetrics({ service: "test", processMetrics: false });
  const auth = adminTokenAuth("a-token-of-the-administrator-of-32+");
  const listen = { host: "127.0.0.1", port: 0, title: "Test", readiness: () => [], drainMs: 100 };
  const http = await createHttpServer({ logger: silentLogger, metrics, auth, ...listen, ...(limits && { limits }) });
  open.push(http);
  handled = 0;
  http.app.post("/take", { config: { public: true } }, async () => {
    handled += 1;
    return { taken: true };
  });
  return (await http.listen()).port;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((http) => http.close()));
});

/** All that a connection is answered until it is closed, while it goes on writing. */
async function answerOf(port: number, begin: string, again: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk)));
  socket.on("error", () => {});
  const closed = new Promise((resolve) => {
    socket.once("close", resolve);
  });
  socket.write(begin);
  const writing = setInterval(() => socket.write(again), 20);
  await closed;
  clearInterval(writing);
  return answer;
}

describe("a request that takes longer to arrive than it may", () => {
  it.each([
    ["headers that never end", "POST /take HTTP/1.1\r\nhost: x\r\n", "x-a: b\r\n"],
    [
      "a body that trickles",
      "POST /take HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n",
      "x",
    ],
    [
      "chunks that trickle",
      "POST /take HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
      "1\r\nx\r\n",
    ],
  ])("is answered 408 and closed, though its peer goes on: %s", async (_name, begin, again) => {
    const port = await server({ requestTimeoutMs: 300 });
    const answer = await answerOf(port, begin, again);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(JSON.parse(answer.slice(answer.indexOf("{")))).toMatchObject({ code: "request-timeout" });
    expect(handled).toBe(0);
  });

  it("is closed also if it sends nothing at all", async () => {
    const port = await server({ requestTimeoutMs: 300 });
    expect(await answerOf(port, "", "")).toMatch(/^(HTTP\/1.1 408 |$)/);
  });
});

it("what is not HTTP is closed, though its peer goes on", async () => {
  const port = await server({});
  expect(await answerOf(port, "what is this\r\n\r\n", "more")).toMatch(/^HTTP\/1.1 400 /);
});

it("an address has so many connections and no more, until it closes some", async () => {
  const port = await server({ maxConnectionsPerAddress: 2 });
  const connected = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise((resolve) => {
      socket.once("connect", resolve);
    });
    return socket;
  };
  const first = await connected();
  const second = await connected();
  const request = "POST /take HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
  const refusal = await answerOf(port, "", "");
  expect(refusal).toMatch(/^HTTP\/1.1 429 /);
  expect(refusal).toContain("too-many-connections");
  await answerOf(port, request, "");
  expect(handled).toBe(0);
  first.destroy();
  await expect.poll(async () => (await answerOf(port, request, "")).slice(0, 15)).toBe("HTTP/1.1 200 OK");
  second.destroy();
});
