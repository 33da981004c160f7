import { UnknownOutcomeError } from "@headwater/core";
import {
  StoreRejectedCredentialsError,
  StoreUnavailableError,
  type Point,
  type TimeSeriesStore,
} from "@headwater/time-series";
import { openInfluxStore } from "@headwater/time-series/influx";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Written as it is, and then the connection is closed. */
  readonly raw?: string;
}

const html = { "content-type": "text/html" };
const json = { "content-type": "application/json; charset=utf-8" };
const page = "<html><body><h1>nginx</h1></body></html>";
const influxAnswer = (status: number, code: string, headers = {}): Answer => ({
  status,
  headers: { ...json, ...headers },
  body: JSON.stringify({ code, message: "as it is" }),
});

/** A server that answers as proxies, load balancers and InfluxDB itself do; it counts what it was asked. */
let answer: (path: string, body: string) => Answer;
let requests: number;
let server: Server;
let store: TimeSeriesStore;

beforeEach(async () => {
  requests = 0;
  server = createServer((request, response: ServerResponse) => {
    requests += 1;
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { status, headers = {}, body: text = "", raw } = answer(request.url ?? "", body);
      if (raw !== undefined) {
        response.socket!.end(raw);
        return;
      }
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  store = openInfluxStore({ url: `http://127.0.0.1:${port}`, org: "o", bucket: "b", token: "t".repeat(20) });
});
afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const points = (count: number): Point[] =>
  Array.from({ length: count }, (_, i) => ({ measurement: "m", tags: { device: "d" }, time: i, fields: { value: i } }));

describe("a write", () => {
  const proxies: readonly (readonly [string, Answer])[] = [
    ["a page under 200", { status: 200, headers: html, body: page }],
    ["nothing under 200", { status: 200 }],
    ["JSON under 200", { status: 200, headers: json, body: "{}" }],
    ["202", { status: 202 }],
    ["a redirect", { status: 302, headers: { location: "https://login.example/" } }],
    ["a page under 400", { status: 400, headers: html, body: page }],
    [
      "TLS that was spoken to without it",
      {
        status: 400,
        headers: { "content-type": "text/plain" },
        body: "Client sent an HTTP request to an HTTPS server.\n",
      },
    ],
    ["JSON of another kind under 400", { status: 400, headers: json, body: '{"error":"bad gateway config"}' }],
    [
      "JSON with a code that is none of InfluxDB's",
      { status: 422, headers: json, body: '{"code":4220,"message":"no"}' },
    ],
    ["a page under 401", { status: 401, headers: { ...html, "www-authenticate": "Basic" }, body: page }],
    ["a page under 403", { status: 403, headers: html, body: page }],
    ["a page under 404", { status: 404, headers: html, body: page }],
    ["a page under 422", { status: 422, headers: html, body: page }],
    ["a page under 429", { status: 429, headers: html, body: page }],
    ["a page under 503", { status: 503, headers: html, body: page }],
  ];

  it.each(proxies)("that a proxy answers with %s was not stored, and is no refusal", async (_what, given) => {
    answer = () => given;
    await expect(store.write(points(500))).rejects.toThrow(StoreUnavailableError);
    expect(requests).toBe(1);
  });

  it.each([500, 502, 504])("that a proxy answers with %i may be stored", async (status) => {
    answer = () => ({ status, headers: html, body: page });
    await expect(store.write(points(10))).rejects.toThrow(UnknownOutcomeError);
  });

  it("that a proxy finds too large is halved, and a single point is not refused for good", async () => {
    const limit = 400;
    answer = (_path, body) => (body.length > limit ? { status: 413, headers: html, body: page } : { status: 204 });
    expect(await store.write(points(100))).toEqual({ refused: [] });
    answer = () => ({ status: 413, headers: html, body: page });
    await expect(store.write(points(4))).rejects.toThrow(StoreUnavailableError);
  });

  it("that InfluxDB refuses is refused, point by point", async () => {
    answer = (_path, body) => (body.includes("value=3") ? influxAnswer(400, "invalid") : { status: 204 });
    const { refused } = await store.write(points(6));
    expect(refused.map(({ index }) => index)).toEqual([3]);
  });

  it("that InfluxDB does not allow ends loudly", async () => {
    answer = () => influxAnswer(401, "unauthorized");
    await expect(store.write(points(1))).rejects.toThrow(StoreRejectedCredentialsError);
  });

  it.each([
    ["999999999", 60_000],
    ["86400", 60_000],
    ["7", 7000],
    [new Date(Date.now() + 3_600_000).toUTCString(), 60_000],
    ["0", undefined],
    ["-5", undefined],
    ["soon", undefined],
    [new Date(Date.now() - 3_600_000).toUTCString(), undefined],
  ])("that is to be repeated after %s is repeated within a minute", async (after, ms) => {
    answer = () => influxAnswer(503, "unavailable", { "retry-after": after });
    await expect(store.write(points(1))).rejects.toMatchObject({ code: "store-unavailable", retryAfterMs: ms });
  });
});

describe("a query", () => {
  const read = async (): Promise<unknown[]> => {
    const rows: unknown[] = [];
    const query = { measurement: "m", tags: { device: "d" }, field: "value", from: 0, to: 10 };
    for await (const piece of store.query(query)) rows.push(...piece);
    return rows;
  };

  it.each([
    ["a page", { status: 200, headers: html, body: page }],
    ["nothing", { status: 200, headers: { "content-type": "text/csv" } }],
    ["JSON", { status: 200, headers: json, body: "{}" }],
    ["a table without annotations", { status: 200, headers: { "content-type": "text/csv" }, body: "a,b\r\n1,2\r\n" }],
    ["a redirect", { status: 301, headers: { location: "https://login.example/" } }],
    ["a page under 401", { status: 401, headers: html, body: page }],
  ])("that a proxy answers with %s is not empty, but unavailable", async (_what, given) => {
    answer = () => given;
    await expect(read()).rejects.toThrow(StoreUnavailableError);
    await expect(store.latest("m", { device: "d" })).rejects.toThrow(StoreUnavailableError);
    await expect(store.listSeries("m")).rejects.toThrow(StoreUnavailableError);
  });

  const table =
    "#datatype,string,long,dateTime:RFC3339,double\r\n#group,false,false,false,false\r\n#default,_result,,,\r\n" +
    ",result,table,_time,_value\r\n,,0,1970-01-01T00:00:01Z,123.25\r\n,,0,1970-01-01T00:00:02Z,456.75\r\n\r\n";
  const untilClosed = (body: string): Answer => ({
    status: 200,
    raw: `HTTP/1.1 200 OK\r\nContent-Type: text/csv; charset=utf-8\r\nConnection: close\r\n\r\n${body}`,
  });

  it("that ends with its connection is whole if it ends as InfluxDB's answers do", async () => {
    answer = () => untilClosed(table);
    expect(await read()).toEqual([
      [1_000_000, 123.25],
      [2_000_000, 456.75],
    ]);
  });

  it("that was cut off on its way, wherever that was, has no wrong or missing value, but is an error", async () => {
    for (let length = 1; length < table.length; length += 1) {
      answer = () => untilClosed(table.slice(0, length));
      await expect(read(), table.slice(0, length)).rejects.toThrow(StoreUnavailableError);
    }
    answer = () => untilClosed(`${table}<html><body>504 Gateway Time-out</body></html>`);
    await expect(read()).rejects.toThrow(StoreUnavailableError);
  });

  it("that InfluxDB answers with its empty table is empty", async () => {
    answer = () => ({ status: 200, headers: { "content-type": "text/csv; charset=utf-8" }, body: "\r\n" });
    expect(await read()).toEqual([]);
  });
});

describe("a deletion and the health", () => {
  it("are InfluxDB's word only in its own form", async () => {
    answer = () => ({ status: 200, headers: html, body: page });
    await expect(store.deleteRange("m", { device: "d" }, 0, 10)).rejects.toThrow(StoreUnavailableError);
    await expect(store.health()).rejects.toThrow(StoreUnavailableError);
    answer = (path) =>
      path === "/health"
        ? { status: 200, headers: json, body: '{"name":"influxdb","status":"pass"}' }
        : { status: 204 };
    await expect(store.deleteRange("m", { device: "d" }, 0, 10)).resolves.toBeUndefined();
    await expect(store.health()).resolves.toBeUndefined();
  });
});
