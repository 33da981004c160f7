import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startInflux, type Influx } from "../../scripts/servers/influx.ts";
import { openInfluxStore } from "@headwater/time-series/influx";
import { runCli } from "./run-cli.ts";

let dir: string;
let influx: Influx;
const printed: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "headwater-influx-token-"));
  influx = await startInflux({ dataDir: join(dir, "influx") });
});

afterAll(async () => {
  await influx?.stop();
  await rm(dir, { recursive: true, force: true });
});

const fileOf = (name: string): string => join(dir, name);

async function influxToken(name: string, access: string, ...more: string[]): Promise<string> {
  const args = ["influx-token", "--name", name, "--access", access, "--file", fileOf(name), ...more];
  const env = {
    HEADWATER_INFLUX_URL: influx.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_BUCKET: influx.bucket,
    HEADWATER_INFLUX_TOKEN: influx.token,
  };
  const { code, out, err } = await runCli(args, env);
  expect(code, err).toBe(0);
  printed.push(out, err);
  return (await readFile(fileOf(name), "utf8")).trim();
}

async function ask(token: string, method: string, path: string, body?: string): Promise<number> {
  const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${influx.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
  await answer.arrayBuffer();
  return answer.status;
}

const write = (token: string): Promise<number> =>
  ask(token, "POST", `/api/v2/write?org=${influx.org}&bucket=${influx.bucket}`, "t,d=1 v=1");
const query = (token: string): Promise<number> =>
  ask(
    token,
    "POST",
    `/api/v2/query?org=${influx.org}`,
    JSON.stringify({ query: `from(bucket: "${influx.bucket}") |> range(start: -1h)` }),
  );

interface SeenBucket {
  readonly id: string;
  readonly name: string;
  readonly orgID: string;
  readonly type: string;
}

async function bucketsSeenBy(token: string): Promise<SeenBucket[]> {
  const answer = await fetch(`${influx.url}/api/v2/buckets`, { headers: { authorization: `Token ${token}` } });
  return ((await answer.json()) as { buckets: SeenBucket[] }).buckets;
}

it("reads, or reads and writes, one bucket; makes no tokens; lies in a file of mode 0600", async () => {
  const ingest = await influxToken("ingest", "write");
  const grafana = await influxToken("grafana", "read");
  for (const name of ["ingest", "grafana"]) expect((await stat(fileOf(name))).mode & 0o777).toBe(0o600);
  expect(await Promise.all([write(ingest), query(ingest)])).toEqual([204, 200]);
  expect(await query(grafana)).toBe(200);
  expect(await write(grafana)).toBeGreaterThanOrEqual(401);
  const [bucket] = (await bucketsSeenBy(influx.token)).filter(({ name }) => name === influx.bucket);
  const resource = { type: "buckets", id: bucket?.id, orgID: bucket?.orgID };
  const more = { orgID: bucket?.orgID, permissions: [{ action: "write", resource }] };
  for (const token of [ingest, grafana]) {
    // The buckets of others are not there for it.
    const seen = (await bucketsSeenBy(token)).map(({ name }) => name).toSorted();
    expect(seen).toEqual(token === ingest ? [influx.bucket, `${influx.bucket}-shadow`] : [influx.bucket]);
    const made = await ask(token, "POST", "/api/v2/authorizations", JSON.stringify(more));
    // A token that writes this bucket may pass that on, and no more than that.
    if (token === grafana) expect(made).toBeGreaterThanOrEqual(401);
    const all = { ...more, permissions: [{ action: "read", resource: { type: "buckets", orgID: bucket?.orgID } }] };
    expect(await ask(token, "POST", "/api/v2/authorizations", JSON.stringify(all))).toBeGreaterThanOrEqual(401);
  }
});

it("sets roll-ups up where a retention is set, for a token that may not do so itself", async () => {
  const before = await influxToken("rolled", "write");
  const args = ["influx-token", "--name", "rolled", "--access", "write", "--file", fileOf("rolled")];
  const env = {
    HEADWATER_INFLUX_URL: influx.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_BUCKET: influx.bucket,
    HEADWATER_INFLUX_TOKEN: influx.token,
    HEADWATER_TIME_SERIES_RETENTION_DAYS: "30",
  };
  const { code, err } = await runCli(args, env);
  expect(code, err).toBe(0);
  const token = (await readFile(fileOf("rolled"), "utf8")).trim();
  expect(token).not.toBe(before);
  expect((await bucketsSeenBy(token)).map(({ name }) => name).toSorted()).toEqual(
    ["", "-hour", "-minute", "-shadow"].map((end) => influx.bucket + end),
  );
  const day = 86_400_000;
  const retention = { raw: 30 * day, minute: 365 * day, hour: Infinity };
  const store = openInfluxStore({ url: influx.url, org: influx.org, bucket: influx.bucket, token, retention });
  expect(await store.setUp()).toEqual([]);
  await store.close();
  expect((await runCli(args, env)).out).toContain("the token is kept");
  expect((await readFile(fileOf("rolled"), "utf8")).trim()).toBe(token);
});

it("that writes is enough for a rebuild, also one of before that was not", async () => {
  const token = await influxToken("rebuilds", "write");
  const open = { url: influx.url, org: influx.org, bucket: influx.bucket };
  const store = openInfluxStore({ ...open, token });
  const shadow = await store.openShadow!();
  const point = { measurement: "m", tags: { device: "d" }, time: 1_780_000_000_000_000, fields: { v: 1 } };
  expect((await shadow.write([point])).refused).toEqual([]);
  expect(await shadow.listSeries("m")).toHaveLength(1);
  await shadow.close();
  await store.sweepShadow!((measurement) => measurement === "m");
  await store.close();
  const [bucket] = (await bucketsSeenBy(influx.token)).filter(({ name }) => name === influx.bucket);
  const { id, orgID } = bucket!;
  const permissions = ["read", "write"].map((action) => ({ action, resource: { type: "buckets", id, orgID } }));
  const made = await fetch(`${influx.url}/api/v2/authorizations`, {
    method: "POST",
    headers: { authorization: `Token ${influx.token}`, "content-type": "application/json" },
    body: JSON.stringify({ orgID, description: "headwater rebuilds", permissions }),
  });
  const before = ((await made.json()) as { token: string }).token;
  await writeFile(fileOf("rebuilds"), `${before}\n`, { mode: 0o600 });
  expect(await influxToken("rebuilds", "write")).not.toBe(before);
});

it("is kept by a second run, and replaced where InfluxDB does not know it or it may too much", async () => {
  const before = await influxToken("ingest", "write");
  expect(await influxToken("ingest", "write")).toBe(before);
  for (const wrong of ["unknown-to-influxdb", influx.token]) {
    for (const [name, access] of [
      ["grafana", "read"],
      ["ingest", "write"],
    ] as const) {
      await writeFile(fileOf(name), `${wrong}\n`, { mode: 0o600 });
      const made = await influxToken(name, access);
      expect(made).not.toBe(wrong);
      expect(await query(made)).toBe(200);
    }
  }
});

it("is rotated: the former one works until the next run, and other tokens stay", async () => {
  const grafana = await influxToken("grafana", "read");
  const former = await influxToken("ingest", "write");
  const present = await influxToken("ingest", "write", "--rotate");
  expect(present).not.toBe(former);
  expect(await Promise.all([write(former), write(present)])).toEqual([204, 204]);
  await influxToken("ingest", "write");
  expect(await Promise.all([write(former), write(present), query(grafana)])).toEqual([401, 204, 200]);
});

it("says in one line what is wrong, and shows no token", async () => {
  const file = fileOf("open");
  await writeFile(file, "x", { mode: 0o644 });
  const env = { HEADWATER_INFLUX_URL: influx.url, HEADWATER_INFLUX_TOKEN: influx.token };
  const args = ["influx-token", "--name", "open", "--access", "read", "--file", file];
  const readable = await runCli(args, env);
  expect([readable.code, readable.err]).toEqual([1, expect.stringMatching(/^Others may read the token file .+\n$/)]);
  const stranger = await runCli(args, { ...env, HEADWATER_INFLUX_TOKEN: "not-the-operators" });
  expect([stranger.code, stranger.err]).toEqual([1, expect.stringMatching(/^InfluxDB .+operator's token.*\n$/)]);
  const elsewhere = await runCli(args, { ...env, HEADWATER_INFLUX_BUCKET: "nowhere" });
  expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringMatching(/^InfluxDB has no bucket nowhere.*\n$/)]);
  const everything = [...printed, readable.err, stranger.err, elsewhere.err].join("\n");
  for (const name of ["ingest", "grafana"]) {
    expect(everything).not.toContain((await readFile(fileOf(name), "utf8")).trim());
  }
  expect(everything).not.toContain(influx.token);
});
