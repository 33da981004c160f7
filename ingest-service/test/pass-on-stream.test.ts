import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bearer, PassOnScene } from "./pass-on-scene.ts";

let scene: PassOnScene;
beforeEach(async () => {
  scene = await PassOnScene.start();
});
afterEach(() => scene.close());

describe("a stream of events", () => {
  let ended: Promise<unknown>;
  let stream: ServerResponse;

  async function listen(signal?: AbortSignal) {
    const begun = new Promise<void>((resolve) => {
      scene.answer = (_request, response) => {
        stream = response;
        ended = once(response, "close");
        response.setHeader("content-type", "text/event-stream").write("data: 1\n\n");
        resolve();
      };
    });
    const got = await fetch(`${scene.url}/api/v1/backtests/b`, {
      headers: bearer,
      ...(signal !== undefined && { signal }),
    });
    await begun;
    const reader = got.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("data: 1\n\n");
    return reader;
  }

  it("arrives event by event", async () => {
    const reader = await listen();
    for (const event of ["data: 2\n\n", ": \n\n", "data: 3\n\n"]) {
      stream.write(event);
      expect((await reader.read()).value).toBe(event);
    }
    stream.end();
    expect((await reader.read()).done).toBe(true);
  });

  it("ends at the other service when its listener goes", async () => {
    const gone = new AbortController();
    await listen(gone.signal);
    gone.abort();
    await ended;
  });

  it("breaks off when the other service is killed, and may be opened again", async () => {
    const reader = await listen();
    stream.destroy();
    await expect(reader.read()).rejects.toThrow();
    await listen();
  });

  it("ends when this server stops", async () => {
    const reader = await listen();
    const closed = scene.ingest.close();
    await expect(reader.read()).rejects.toThrow();
    await ended;
    await closed;
  });
});

describe("how the services are", () => {
  const services = async () =>
    ((await (await fetch(`${scene.url}/api/v1/services`, { headers: bearer })).json()) as { items: unknown[] }).items;

  it("is what each says itself", async () => {
    scene.answer = (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.writeHead(503).end('{"status":"not-ready","reasons":["the read model is behind the log"]}');
    };
    expect(await services()).toEqual([
      { name: "ingest", here: true, state: "ready", reasons: [] },
      { name: "rules", here: false, state: "not-ready", reasons: ["the read model is behind the log"] },
      expect.objectContaining({ name: "gateway", here: false, state: "unknown" }),
    ]);
    scene.upstream.closeAllConnections();
    await new Promise((resolve) => scene.upstream.close(resolve));
    expect(await services()).toContainEqual(expect.objectContaining({ name: "rules", state: "away" }));
  });

  it("has the metrics of the others", async () => {
    scene.answer = (request, response) => response.setHeader("content-type", "text/plain").end(`asked ${request.url}`);
    const got = await fetch(`${scene.url}/api/v1/services/rules/metrics`, { headers: bearer });
    expect(await got.text()).toBe("asked /metrics");
    expect((await fetch(`${scene.url}/api/v1/services/gateway/metrics`, { headers: bearer })).status).toBe(404);
  });
});
