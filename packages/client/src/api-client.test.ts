import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ApiError, createApiClient, NoAnswerError, ProblemError, registerDevice } from "./index.ts";

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function apiOf(listener: RequestListener) {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return createApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "the-token");
}

/** An API that answers each call with the next of these. */
function answers(...all: readonly [status: number, body: string][]): RequestListener {
  let next = 0;
  return (_request, response) => {
    const [status, body] = all[next++]!;
    response.writeHead(status).end(body);
  };
}

async function problemOf(call: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe("the REST client", () => {
  it("sends its token and JSON, and answers with what came", async () => {
    const api = await apiOf((request, response) => {
      const { authorization, "content-type": type } = request.headers;
      request.setEncoding("utf8").once("data", (body: string) => {
        response.end(JSON.stringify({ authorization, type, method: request.method, url: request.url, body }));
      });
    });
    expect(await api.request("PUT", "/api/v1/rules/a?b=c", { d: 1 })).toEqual({
      ...{ authorization: "Bearer the-token", type: "application/json", method: "PUT", url: "/api/v1/rules/a?b=c" },
      body: '{"d":1}',
    });
  });

  it("waits as long as a call says", async () => {
    const api = await apiOf((_request, response) => void setTimeout(() => response.end("{}"), 500));
    expect(await api.call("GET", "/api/v1/ledger", {})).toEqual({});
    const late = api.call("GET", "/api/v1/ledger", { query: { verify: true }, waitMs: 10 });
    await expect(late).rejects.toThrow(NoAnswerError);
  });

  it("answers with nothing for an answer without a body", async () => {
    const api = await apiOf(answers([204, ""]));
    expect(await api.request("DELETE", "/api/v1/rules/a")).toBeUndefined();
  });

  it("throws a problem in its own words, on one line", async () => {
    const problem = {
      ...{ title: "Bad request", status: 400, code: "invalid", detail: "The request\ndoes not fit" },
      errors: [{ pointer: "/id", detail: "is missing" }],
    };
    const api = await apiOf(answers([400, JSON.stringify(problem)]));
    const error = await problemOf(api.request("POST", "/api/v1/devices", {}));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(400);
    expect(error.problem.code).toBe("invalid");
    expect(error.message).toBe("POST /api/v1/devices: 400 The request does not fit; /id is missing");
  });

  it.each([
    ["502 of a proxy", 502, "<h1>Bad\nGateway</h1>", "GET /a: 502 <h1>Bad Gateway</h1>"],
    ["an error without a body", 401, "", "GET /a: 401"],
    ["JSON that is no problem", 500, "[1]", "GET /a: 500 [1]"],
  ])("throws %s with its status and text", async (_what, status, body, message) => {
    const api = await apiOf(answers([status, body], [status, body]));
    expect(await problemOf(api.request("GET", "/a"))).toMatchObject({ status, message });
    expect(await problemOf(api.stream("/a"))).toMatchObject({ status, message });
  });

  it("takes a status that is expected for an answer", async () => {
    const api = await apiOf(answers([409, '{"code":"conflict"}']));
    expect(await api.request("POST", "/a", {}, [409])).toEqual({ code: "conflict" });
  });

  it("says where nobody answers", async () => {
    const api = await apiOf((request) => request.socket.destroy());
    for (const call of [api.request("GET", "/a"), api.stream("/a")]) {
      await expect(call).rejects.toThrow(NoAnswerError);
      await expect(call).rejects.toThrow(/^GET http:\/\/127\.0\.0\.1:\d+\/a: no answer; is Headwater running there\?$/);
    }
  });

  it("streams an export", async () => {
    const api = await apiOf((_request, response) => {
      response.write("one\n");
      response.end("two\n");
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of await api.stream("/export")) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("one\ntwo\n");
  });

  it("registers a device, and gives one that exists a further token", async () => {
    const fresh = await apiOf(answers([201, '{"id":"a","token":"first"}']));
    expect(await registerDevice(fresh, { id: "a", type: "b" })).toEqual({ id: "a", token: "first" });
    server?.close();
    const known = await apiOf(answers([409, '{"code":"conflict"}'], [201, '{"token":"second"}']));
    expect(await registerDevice(known, { id: "a", type: "b" })).toEqual({ id: "a", token: "second" });
  });
});
