// The library needs it before anything else.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { scryptSync, webcrypto, X509Certificate } from "node:crypto";
import { parsePasswordHash } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import { nowMicros, sha256 } from "@headwater/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackends, startService, type TestService, topics } from "./service.ts";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  await service.request("POST", "/api/v1/devices", { id: "pump" });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

interface Credential {
  readonly id: string;
  readonly kind: string;
  readonly expiresAt?: string;
  readonly subject?: string;
  readonly token?: string;
  readonly code?: string;
  readonly detail?: string;
}

const add = (body: unknown) => service.request<Credential>("POST", "/api/v1/devices/pump/credentials", body);
const remove = (id: string) => service.request("DELETE", `/api/v1/devices/pump/credentials/${id}`);

async function inLog(topic: string) {
  const records = [];
  for (const { partition } of await backends.log.positions(topic)) {
    for await (const batch of backends.log.read(topic, partition)) records.push(...batch.records);
  }
  return records.map(({ value }) => Buffer.from(value!));
}

async function stored(id: string) {
  for (const value of (await inLog(topics.devices)).toReversed()) {
    const found = events.device.decode(value).credentials.find((credential) => credential.id === id);
    if (found !== undefined) return found;
  }
  throw new TypeError(`no credential ${id}`);
}

describe("a chosen password", () => {
  const password = "correct horse battery";

  it("is kept as its scrypt hash with costs and salt, and is never shown or kept itself", async () => {
    const added = await add({ kind: "password", password });
    expect(added.status).toBe(201);
    expect(Object.keys(added.body).toSorted()).toEqual(["createdAt", "id", "kind", "position"]);
    const { ln, r, p, salt, hash } = parsePasswordHash(Buffer.from((await stored(added.body.id)).hash).toString())!;
    expect([...scryptSync(password, salt, hash.length, { N: 2 ** ln, r, p, maxmem: 2 ** 27 })]).toEqual([...hash]);
    const shown = await service.request("GET", "/api/v1/devices/pump");
    expect(shown.text).not.toContain("scrypt");
    for (const value of await inLog(topics.devices)) expect(value.includes(password)).toBe(false);
    await remove(added.body.id);
  });

  it.each([
    [{ kind: "password" }, /needs password/],
    [{ kind: "password", password: "too short 1" }, /12 to 128 characters; this one has 11/],
    [{ kind: "password", password: "x".repeat(129) }, /12 to 128/],
    [{ kind: "password", password: "aaaaaaaaaaaaaa" }, /repeats a few/],
    [{ kind: "password", password: "with\u0000a control sign" }, /control/],
    [{ kind: "token", password }, /password is for credentials of kind password, not token/],
  ])("is refused as %j, without showing it", async (body, message) => {
    const answer = await add(body);
    expect([answer.status, answer.body.code]).toEqual([400, "invalid-credential"]);
    expect(answer.body.detail).toMatch(message);
    if ("password" in body) expect(answer.text).not.toContain(body.password);
  });
});

describe("a certificate", () => {
  it.each([
    ["cn=pump-1, O=Acme", "CN=pump-1,O=Acme"],
    [`${"AB:".repeat(31)}ab`, `sha256:${"ab".repeat(32)}`],
  ])("is named as %s", async (subject, canonical) => {
    const added = await add({ kind: "x509", subject });
    expect(added.body).toMatchObject({ kind: "x509", subject: canonical });
    expect((await stored(added.body.id)).subject).toBe(canonical);
    expect((await add({ kind: "x509", subject: canonical })).body.code).toBe("credential-exists");
    expect((await service.request("GET", "/api/v1/devices/pump")).text).toContain(JSON.stringify(canonical));
    await remove(added.body.id);
  });

  it("is taken itself, by its fingerprint, and ends when it does", async () => {
    const pem = await selfSigned("CN=pump");
    const certificate = new X509Certificate(pem);
    const added = await add({ kind: "x509", certificate: pem });
    expect(added.body.subject).toBe(`sha256:${certificate.fingerprint256.replaceAll(":", "").toLowerCase()}`);
    expect(Date.parse(added.body.expiresAt!)).toBe(certificate.validToDate.getTime());
    const sooner = new Date(Date.now() + 60_000).toISOString();
    await remove(added.body.id);
    expect((await add({ kind: "x509", certificate: pem, expiresAt: sooner })).body.expiresAt).toBe(
      sooner.replace("Z", "000Z"),
    );
  });

  it.each([
    [{ kind: "x509" }, /needs subject or certificate/],
    [{ kind: "x509", subject: "pump" }, /CN=/],
    [{ kind: "x509", certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, /PEM/],
    [{ kind: "password", password: "correct horse", subject: "CN=a" }, /subject is for credentials of kind x509/],
  ])("is refused as %j", async (body, message) => {
    const answer = await add(body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(message);
  });
});

describe("an end", () => {
  it("is a time or a while from now, and overlaps with other credentials", async () => {
    const at = new Date(Date.now() + 86_400_000).toISOString();
    const first = await add({ expiresAt: at });
    const second = await add({ kind: "token", expiresIn: "90d" });
    expect(first.body).toMatchObject({ kind: "token", expiresAt: at.replace("Z", "000Z") });
    expect(Date.parse(second.body.expiresAt!) - Date.now()).toBeGreaterThan(89 * 86_400_000);
    expect(Math.floor((await stored(second.body.id)).expiresAt / 1000)).toBe(Date.parse(second.body.expiresAt!));
    const { body } = await service.request<{ credentials: Credential[] }>("GET", "/api/v1/devices/pump");
    expect(body.credentials.map(({ id }) => id)).toEqual(expect.arrayContaining([first.body.id, second.body.id]));
  });

  it.each([
    [{ expiresAt: "2001-01-01T00:00:00Z" }, /expired already/],
    [{ expiresAt: "tomorrow" }, /ISO 8601/],
    [{ expiresIn: "soon" }, /duration/],
    [{ expiresIn: "1d", expiresAt: "2050-01-01T00:00:00Z" }, /not both/],
    [{ expiresAt: "2300-01-01T00:00:00Z" }, /year 2255/],
  ])("is refused as %j", async (body, message) => {
    const answer = await add(body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(message);
  });
});

it("a device is registered with the credential that is asked for instead of a token", async () => {
  const answer = await service.request<Record<string, unknown>>("POST", "/api/v1/devices", {
    id: "fan",
    credential: { kind: "x509", subject: "CN=fan" },
  });
  expect(answer.status).toBe(201);
  expect(answer.body["token"]).toBeUndefined();
  expect(answer.body["credentials"]).toMatchObject([{ kind: "x509", subject: "CN=fan" }]);
});

describe("a provisioning key", () => {
  it("is made, shown once, listed without its secret, and revoked", async () => {
    const made = await service.request<Record<string, string>>("POST", "/api/v1/provisioning-keys", {
      name: "line 4",
      devices: "line4-*",
      type: "meter",
      tags: { site: "north" },
      expiresIn: "30d",
    });
    expect(made.status).toBe(201);
    const { id, key } = made.body;
    expect(key).toHaveLength(43);
    expect(made.headers["location"]).toBe(`/api/v1/provisioning-keys/${id}`);
    const [event] = (await inLog(topics.access)).map((value) => events.access.decode(value));
    expect(event).toMatchObject({ kind: "provisioning-key", scopes: ["devices:register"], createdBy: "admin" });
    expect(Buffer.from(event!.hash).equals(sha256(key!))).toBe(true);
    expect(event!.expiresAt).toBeGreaterThan(nowMicros());
    const list = await service.request<{ items: Record<string, unknown>[] }>("GET", "/api/v1/provisioning-keys");
    expect(list.body.items).toMatchObject([
      { id, name: "line 4", devices: "line4-*", type: "meter", tags: { site: "north" } },
    ]);
    expect(list.text).not.toContain(key);
    expect(list.text).not.toContain("hash");

    expect((await service.request("DELETE", `/api/v1/provisioning-keys/${id}`)).status).toBe(200);
    expect((await service.request("GET", "/api/v1/provisioning-keys")).text).not.toContain(id);
    expect((await service.request("DELETE", `/api/v1/provisioning-keys/${id}`)).status).toBe(404);
  });

  it("is refused if it cannot be", async () => {
    const answer = await service.request("POST", "/api/v1/provisioning-keys", { name: "x", devices: "a/*" });
    expect(answer.status).toBe(400);
    expect((await service.request("POST", "/api/v1/provisioning-keys", {})).status).toBe(400);
  });

  it("is in the description of the API, as are the kinds of credentials", async () => {
    const { text } = await service.request("GET", "/api/v1/openapi.json");
    expect(text).toContain("/api/v1/provisioning-keys/{id}");
    expect(text).toContain('"expiresIn"');
  });
});

async function selfSigned(name: string): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys: await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
    notAfter: new Date(Date.now() + 3 * 86_400_000),
    signingAlgorithm: algorithm,
  });
  return certificate.toString("pem");
}
