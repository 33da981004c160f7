import { describe, expect, it } from "vitest";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { ConfigError } from "@headwater/core";
import { Addresses } from "./addresses.ts";
import { post, RefusedAddressError } from "./post.ts";

const noNetworks = new Addresses([]);
const body = Buffer.from("{}");

async function attempt(url: string, resolve?: (host: string) => Promise<readonly string[]>, addresses = noNetworks) {
  return post(new URL(url), {}, body, { addresses, resolve, signal: AbortSignal.timeout(10_000) });
}

describe("an address is refused", () => {
  it.each([
    ["loopback", "http://127.0.0.1/"],
    ["loopback, another of its network", "http://127.8.9.10/"],
    ["loopback, short", "http://127.1/"],
    ["loopback, decimal", "http://2130706433/"],
    ["loopback, octal", "http://0177.0.0.1/"],
    ["loopback, hexadecimal", "http://0x7f000001/"],
    ["loopback, mixed", "http://0x7f.1/"],
    ["loopback, full-width digits", "http://１２７.０.０.１/"],
    ["loopback, percent-encoded", "http://%31%32%37.0.0.1/"],
    ["loopback, a dot at the end", "http://127.0.0.1./"],
    ["this host", "http://0.0.0.0/"],
    ["this host, short", "http://0/"],
    ["private 10", "http://10.1.2.3/"],
    ["private 172.16", "http://172.31.255.1/"],
    ["private 192.168", "http://192.168.0.1/"],
    ["shared (CGNAT, a cloud's metadata)", "http://100.100.100.200/"],
    ["link-local: metadata of clouds", "http://169.254.169.254/latest/meta-data/"],
    ["metadata, decimal", "http://2852039166/"],
    ["a host's service (Azure)", "http://168.63.129.16/"],
    ["multicast", "http://224.0.0.1/"],
    ["broadcast", "http://255.255.255.255/"],
    ["reserved", "http://240.0.0.1/"],
    ["benchmarks", "http://198.18.0.1/"],
    ["IPv6 loopback", "http://[::1]/"],
    ["IPv6 unspecified", "http://[::]/"],
    ["IPv6 link-local", "http://[fe80::1]/"],
    ["IPv6 unique local: metadata of a cloud", "http://[fd00:ec2::254]/"],
    ["IPv6 site-local", "http://[fec0::1]/"],
    ["IPv6 multicast", "http://[ff02::1]/"],
    ["IPv4-mapped", "http://[::ffff:127.0.0.1]/"],
    ["IPv4-mapped, hexadecimal", "http://[::ffff:a9fe:a9fe]/"],
    ["IPv4-compatible", "http://[::127.0.0.1]/"],
    ["IPv4-translated", "http://[::ffff:0:127.0.0.1]/"],
    ["NAT64", "http://[64:ff9b::7f00:1]/"],
    ["NAT64 of a network", "http://[64:ff9b:1::7f00:1]/"],
    ["6to4", "http://[2002:7f00:1::]/"],
    ["Teredo", "http://[2001:0:7f00:1::]/"],
    ["documentation", "http://[2001:db8::1]/"],
    ["discard", "http://[100::1]/"],
  ])("%s: %s", async (_name, url) => {
    const asked: string[] = [];
    const resolve = (host: string): Promise<readonly string[]> => {
      asked.push(host);
      return Promise.resolve(["127.0.0.1"]);
    };
    await expect(attempt(url, resolve)).rejects.toThrow(RefusedAddressError);
  });

  it("where a name resolves to it, even beside a public one", async () => {
    await expect(attempt("http://localhost/")).rejects.toThrow(RefusedAddressError);
    await expect(attempt("http://a.example/", () => Promise.resolve(["10.0.0.1"]))).rejects.toThrow("a.example (10");
    const mixed = () => Promise.resolve(["93.184.216.34", "127.0.0.1"]);
    await expect(attempt("http://a.example/", mixed)).rejects.toThrow("a.example (127.0.0.1) is not public");
    await expect(attempt("http://a.example/", () => Promise.resolve(["fe80::1%eth0"]))).rejects.toThrow("webhooks");
    await expect(attempt("http://a.example/", () => Promise.resolve([]))).rejects.toThrow("no address");
  });
});

describe("an address is taken", () => {
  it.each(["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])("public: %s", (address) => {
    expect(noNetworks.refusal(address)).toBeUndefined();
  });

  it("in a network that is allowed, and in no other", () => {
    const addresses = new Addresses(["10.1.0.0/16", "fd12::/32", "192.168.7.9"]);
    for (const fine of ["10.1.255.1", "fd12:0:1::1", "192.168.7.9", "::ffff:10.1.0.1"]) {
      expect(addresses.refusal(fine)).toBeUndefined();
    }
    for (const refused of ["10.2.0.1", "fd13::1", "192.168.7.8"]) expect(addresses.refusal(refused)).toBeDefined();
    expect(() => new Addresses(["10.1/300"])).toThrow(ConfigError);
    expect(() => new Addresses(["10.0.0.0/40"])).toThrow(ConfigError);
  });
});

it("a name is resolved once for a connection, so it cannot turn to another address in between", async () => {
  const server = createServer((_request, response) => response.writeHead(204).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let asked = 0;
  const rebinding = (): Promise<readonly string[]> => Promise.resolve([(asked += 1) === 1 ? "127.0.0.1" : "10.0.0.1"]);
  const loopback = new Addresses(["127.0.0.0/8"]);
  const { status } = await attempt(`http://a.example:${port}/`, rebinding, loopback);
  expect([status, asked]).toEqual([204, 1]);
  await expect(attempt(`http://a.example:${port}/`, rebinding, loopback)).rejects.toThrow("10.0.0.1");
  server.close();
});

it("of an answer the status counts, whatever its body does", async () => {
  const loopback = new Addresses(["127.0.0.0/8"]);
  const server = createServer((request, response) => {
    response.writeHead(200);
    if (request.url === "/endless") {
      const more = (): boolean => response.write(Buffer.alloc(16_384));
      response.on("drain", more);
      more();
      return;
    }
    response.write("a");
    setImmediate(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const path of ["endless", "broken"]) {
    const { status } = await attempt(`http://127.0.0.1:${port}/${path}`, undefined, loopback);
    expect(status).toBe(200);
  }
  server.closeAllConnections();
  server.close();
});
