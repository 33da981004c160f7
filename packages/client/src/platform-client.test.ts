import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { BadAddressError, createPlatformClient, NoAnswerError, NotServedError, ProblemError } from "./index.ts";

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

/** A service that serves these paths, each with its name, and says this at `/api/v1`. */
async function service(name: string, paths: readonly string[], urls?: () => object) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!.split("?")[0]!;
    asked.push(path);
    if (path === "/api/v1" && urls !== undefined) response.end(JSON.stringify({ services: [name], urls: urls() }));
    else if (paths.includes(path)) response.end(JSON.stringify({ from: name }));
    else {
      const detail = path.endsWith("/nobody") ? "There is no device nobody" : `There is nothing at ${path}`;
      response.writeHead(404).end(JSON.stringify({ status: 404, code: "not-found", detail }));
    }
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const token = "token";

describe("a client of the platform", () => {
  it("finds every service through any of them, and asks for the addresses once", async () => {
    const urls: Record<string, string> = {};
    const ingest = await service("ingest", ["/api/v1/devices", "/api/v1/ledger"], () => urls);
    const rules = await service("rules", ["/api/v1/alerts", "/api/v1/rules", "/api/v1/backtests"], () => urls);
    const gateway = await service("gateway", ["/api/v1/gateway/spool", "/api/v1/telemetry"], () => urls);
    Object.assign(urls, { ingest: ingest.url, rules: rules.url, gateway: gateway.url });
    for (const { url, asked } of [ingest, rules, gateway]) {
      const before = asked.filter((path) => path === "/api/v1").length;
      const api = createPlatformClient({ url, token });
      expect(await api.request("GET", "/api/v1/devices?limit=1")).toEqual({ from: "ingest" });
      expect(await api.request("GET", "/api/v1/ledger")).toEqual({ from: "ingest" });
      expect(await api.request("GET", "/api/v1/alerts?device=a")).toEqual({ from: "rules" });
      expect(await api.request("GET", "/api/v1/backtests")).toEqual({ from: "rules" });
      expect(await api.request("GET", "/api/v1/gateway/spool")).toEqual({ from: "gateway" });
      expect(await api.request("POST", "/api/v1/telemetry?format=json", {})).toEqual({ from: "gateway" });
      expect(asked.filter((path) => path === "/api/v1").length - before).toBe(1);
    }
  });

  it("asks one that knows of no other for everything, apart from what it is told itself", async () => {
    const earlier = await service("all", ["/api/v1/devices", "/api/v1/alerts"]);
    const rules = await service("rules", ["/api/v1/alerts"]);
    const alone = createPlatformClient({ url: earlier.url, token });
    expect(await alone.request("GET", "/api/v1/alerts")).toEqual({ from: "all" });
    const told = createPlatformClient({ url: earlier.url, rulesUrl: rules.url, token });
    expect(await told.request("GET", "/api/v1/alerts")).toEqual({ from: "rules" });
    expect(await told.request("GET", "/api/v1/devices")).toEqual({ from: "all" });
  });

  it("tells a path that nobody serves from a thing that does not exist", async () => {
    const { url } = await service("ingest", []);
    const api = createPlatformClient({ url, token });
    const absent = api.request("GET", "/api/v1/alerts?device=a");
    await expect(absent).rejects.toThrow(NotServedError);
    await expect(absent).rejects.toThrow(`${url} does not serve /api/v1/alerts`);
    await expect(api.stream("/api/v1/gateway/spool/records")).rejects.toThrow(NotServedError);
    await expect(api.request("GET", "/api/v1/devices/nobody")).rejects.toThrow(ProblemError);
  });

  it("says where nobody answers, and refuses what is no address", async () => {
    const { url } = await service("ingest", []);
    servers.pop()!.close();
    await expect(createPlatformClient({ url, token }).request("GET", "/api/v1/ledger")).rejects.toThrow(NoAnswerError);
    expect(() => createPlatformClient({ url: "localhost:8080", token })).toThrow(BadAddressError);
    expect(() => createPlatformClient({ url, rulesUrl: "ftp://a", token })).toThrow(BadAddressError);
  });
});
