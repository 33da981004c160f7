import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { textField } from "@headwater/time-series";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";
import { writeRows } from "./series-suite.ts";

const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;
const range = "from=2026-05-01&to=2026-05-01T01:00:00Z";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let url: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  ({ url } = await service.http.listen());
  for (const id of ["b-1", "b-2"]) {
    await service.request("POST", "/api/v1/devices", { id, type: "boiler" });
    await writeRows(backends.store, { device: id }, [[t0, 20], [t0 + 1_000_000, 21]], "temperature"); // oxfmt-ignore
  }
  await writeRows(backends.store, { device: "b-1" }, [[t0, "on"]], textField("state"));
});
afterAll(async () => {
  await service.app.stop();
  await service.http.close();
  await backends.close();
});

describe("exports that leave devices of texts out", () => {
  const query = `type=boiler&metric=state&metric=temperature&${range}&window=30m&aggregate=mean`;

  /** With the trailers, which `fetch` does not tell. */
  async function exportOf(accept: string, more = ""): Promise<{ body: Buffer; trailers: NodeJS.Dict<string> }> {
    const headers = { ...tokenHeader, accept, "accept-encoding": "gzip" };
    const asked = httpGet(`${url}/api/v1/telemetry/series?${query}${more}`, { headers });
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const body = answer.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    return { body, trailers: answer.trailers };
  }

  it.each(["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"])(
    "say so in a trailer (%s)",
    async (type) => {
      const told = { "headwater-of-text": '"state";devices=1' };
      expect((await exportOf(type)).trailers).toEqual(told);
      expect((await exportOf(type, "&across=mean")).trailers).toEqual(told);
      expect((await exportOf(type, "&device=b-2")).trailers).toEqual({ "headwater-of-text": "" });
    },
  );

  it("say so in the last line of NDJSON, and in the notes of Parquet", async () => {
    const lines = String((await exportOf("application/x-ndjson")).body)
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => "ofText" in (JSON.parse(line) as object)).lastIndexOf(false)).toBe(lines.length - 2);
    expect(JSON.parse(lines.at(-1)!)).toEqual({ ofText: [{ metric: "state", devices: 1 }] });
    const { body } = await exportOf("application/vnd.apache.parquet");
    const bytes = new Uint8Array(body).buffer;
    expect(parquetMetadata(bytes).key_value_metadata).toEqual([
      { key: "headwater.ofText", value: JSON.stringify([{ metric: "state", devices: 1 }]) },
    ]);
  });

  it("and say nothing where none is left out", async () => {
    const csv = await exportOf("text/csv");
    expect(String(csv.body)).not.toContain("state");
    const ndjson = await exportOf("application/x-ndjson", "&device=b-2");
    expect(String(ndjson.body)).not.toContain("ofText");
    const { body } = await exportOf("application/vnd.apache.parquet", "&device=b-2");
    expect(parquetMetadata(new Uint8Array(body).buffer).key_value_metadata ?? []).toEqual([]);
  });
});
