import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let url: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  ({ url } = await service.http.listen());
});
afterAll(async () => {
  await service.http.close();
  await service.app.stop();
  await backends.close();
});

interface Row {
  readonly row: number;
  readonly id?: string;
  readonly outcome: string;
  readonly token?: string;
  readonly code?: string;
  readonly detail?: string;
}

interface Imported {
  readonly status: number;
  readonly rows: readonly Row[];
  readonly summary: Readonly<Record<string, unknown>>;
}

async function send(body: string | Uint8Array<ArrayBuffer>, type = "text/csv", query = ""): Promise<Imported> {
  const answer = await fetch(`${url}/api/v1/imports/devices${query}`, {
    method: "POST",
    headers: { ...tokenHeader, "content-type": type },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 200) return { status: answer.status, rows: [], summary: JSON.parse(text) as never };
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row & { summary: never });
  return { status: 200, rows: lines.slice(0, -1), summary: lines.at(-1)!.summary };
}

const outcomes = ({ rows }: Imported) =>
  rows.map(({ outcome, code }) => (code === undefined ? outcome : `${outcome} ${code}`));
const ndjson = "application/x-ndjson";

async function exported(type: string, query: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/exports/devices${query}`, { headers: { ...tokenHeader, accept: type } });
  expect(answer.status).toBe(200);
  return answer.text();
}

describe("an import of devices", () => {
  it("makes what a file of a spreadsheet says, with a token for each, and nothing a second time", async () => {
    const file =
      "\uFEFFid;type;tag.site;attribute.floor;attribute.serial;attribute.note\r\n" +
      'csv-1;boiler;north;2;007;"two\r\nlines; and ""quotes"""\r\n' +
      "csv-2;boiler;south;-1.5;12345678901234567890;'=cmd\r\n" +
      ";;;;;\r\n";
    const first = await send(file);
    expect(outcomes(first)).toEqual(["created", "created"]);
    expect(first.rows.every(({ token }) => /^[\w-]{43}$/.test(token ?? ""))).toBe(true);
    expect(first.summary).toEqual({
      created: 2,
      updated: 0,
      unchanged: 0,
      refused: 0,
      failed: 0,
      complete: true,
      dryRun: false,
    });
    const { body } = await service.request<{ type: string; attributes: object }>("GET", "/api/v1/devices/csv-1");
    expect(body).toMatchObject({
      type: "boiler",
      tags: { site: "north" },
      attributes: { floor: 2, serial: "007", note: 'two\r\nlines; and "quotes"' },
    });
    const other = await service.request<object>("GET", "/api/v1/devices/csv-2");
    expect(other.body).toMatchObject({ attributes: { floor: -1.5, serial: "12345678901234567890", note: "=cmd" } });
    const again = await send(file);
    expect(outcomes(again)).toEqual(["unchanged", "unchanged"]);
    expect(JSON.stringify(again)).not.toContain("token");
    expect((await service.request<{ revision: number }>("GET", "/api/v1/devices/csv-1")).body.revision).toBe(1);
    const renewed = await send("id\ncsv-1\n", "text/csv", "?tokens=all");
    expect(outcomes(renewed)).toEqual(["updated"]);
    expect(renewed.rows[0]!.token).toMatch(/^[\w-]{43}$/);
  });

  it("answers each row by itself: one that is refused hinders no other", async () => {
    const rows = [
      '{"id":"row-1","tags":{"site":"north"}}',
      "not json",
      '{"id":"a/b"}',
      '{"id":"row-1"}',
      '{"id":"row-2","colour":"red"}',
      '{"id":"row-3","tags":{"site":1}}',
      '{"id":"row-4","attributes":{"__proto__":1}}',
      `{"id":"row-5","type":"${"x".repeat(70_000)}"}`,
      '{"id":"row-6","subject":"CN=row-6"}',
      "",
      '{"id":"row-7","createdAt":"2026-01-01T00:00:00Z"}',
    ];
    const answer = await send(rows.join("\n"), ndjson);
    expect(outcomes(answer)).toEqual([
      "created",
      "refused invalid-row",
      "refused invalid-device",
      "refused duplicate-row",
      "refused invalid-row",
      "refused invalid-row",
      "refused invalid-row",
      "refused invalid-row",
      "created",
      "created",
    ]);
    expect(answer.rows.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(answer.rows[8]!.token).toBeUndefined();
    expect(answer.summary).toMatchObject({ created: 3, refused: 7, complete: true });
    const changed = await send(
      '{"id":"row-1","tags":{"site":null,"line":"4"}}\n{"id":"row-6","subject":"CN=row-6"}',
      ndjson,
    );
    expect(outcomes(changed)).toEqual(["updated", "unchanged"]);
    expect((await service.request("GET", "/api/v1/devices/row-1")).body).toMatchObject({ tags: { line: "4" } });
  });

  it("says in a dry run what it would do, and does nothing", async () => {
    const answer = await send(
      "id,tag.site\ncsv-1,east\ndry-1,east\na/b,east\nshort\n",
      "text/csv",
      "?dryRun=true&tokens=all",
    );
    expect(outcomes(answer)).toEqual(["updated", "created", "refused invalid-device", "refused invalid-row"]);
    expect(answer.summary).toMatchObject({ dryRun: true, created: 1, updated: 1, refused: 2 });
    expect(JSON.stringify(answer)).not.toContain("token");
    expect((await service.request("GET", "/api/v1/devices/dry-1")).status).toBe(404);
    expect((await service.request("GET", "/api/v1/devices/csv-1")).body).toMatchObject({ tags: { site: "north" } });
  });

  it.each([
    ["", "text/csv", 400],
    ["name,type\na,b\n", "text/csv", 400],
    ["id,id\na,b\n", "text/csv", 400],
    ["id,colour\na,b\n", "text/csv", 400],
    ["[]", "application/json", 415],
    [new Uint8Array([0xff, 0xfe, 0x69, 0]), "text/csv", 400],
  ] as const)("%j as %s is refused with %i", async (body, type, status) => {
    const answer = await send(body, type);
    expect([answer.status, typeof answer.summary["detail"]]).toEqual([status, "string"]);
  });

  it("stops at a quote that never ends, and says from which row on", async () => {
    const answer = await send('id,type\nquote-1,a\nquote-2,"b\nquote-3,c\n');
    expect(outcomes(answer)).toEqual(["created", "refused invalid-row"]);
    expect(answer.summary).toMatchObject({ complete: false, next: 2 });
  });

  it("gives to no device what only another one has, whatever it is called", async () => {
    const names = ["constructor", "toString", "valueOf"];
    const facts = Object.fromEntries(names.map((name) => [name, "x"]));
    await send(`${JSON.stringify({ id: "own-1", type: "own", attributes: facts, tags: facts })}\n`, ndjson);
    await send('{"id":"own-2","type":"own"}\n', ndjson);
    const file = await exported("text/csv", "?type=own");
    expect(file).not.toContain("function");
    expect(outcomes(await send(file))).toEqual(["unchanged", "unchanged"]);
  });

  it("takes thousands, one import at a time, and gives them back as it took them", async () => {
    const row = (i: number) =>
      `{"id":"many-${i}","type":"=meter","tags":{"n":"${i}"},"attributes":{"even":${i % 2 === 0},"text":"-${i}"}}`;
    const body = Array.from({ length: 3000 }, (_, i) => row(i)).join("\n");
    const [one, two] = await Promise.all([send(body, ndjson), send(body, ndjson)]);
    const [done, refused] = one.status === 200 ? [one, two] : [two, one];
    expect([done.status, refused.status, refused.summary["code"]]).toEqual([200, 429, "import-under-way"]);
    expect(done.summary).toMatchObject({ created: 3000, complete: true });
    for (const type of ["text/csv", ndjson]) {
      const file = await exported(type, "?type=%3Dmeter");
      expect(file.trimEnd().split("\n")).toHaveLength(type === ndjson ? 3000 : 3001);
      const again = await send(file, type);
      expect(again.summary).toMatchObject({ unchanged: 3000, created: 0, updated: 0, refused: 0 });
    }
    const lines = (await exported("text/csv", "?tag=n:7")).split("\r\n");
    expect(lines.slice(0, 2).map((line) => line.replace(/\d{4}-[^,]*/, "T"))).toEqual([
      "id,type,createdAt,tag.n,attribute.even,attribute.text",
      'many-7,\'=meter,T,7,false,"""-7"""',
    ]);
  });
});

describe("an import that is sent again with its Idempotency-Key", () => {
  const fileOf = (prefix: string, count: number): string =>
    `id,type\r\n${Array.from({ length: count }, (_, i) => `${prefix}-${i},boiler\r\n`).join("")}`;
  const ask = (body: string, key: string, query = ""): Promise<Response> =>
    fetch(`${url}/api/v1/imports/devices${query}`, {
      method: "POST",
      headers: { ...tokenHeader, "content-type": "text/csv", "idempotency-key": key, "accept-encoding": "identity" },
      body,
    });
  const linesOf = (text: string): Row[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Row);

  async function wholeAnswer(file: string, key: string): Promise<readonly Row[]> {
    const text = await eventually(async () => {
      const answer = await ask(file, key);
      const told = await answer.text();
      // The one that was cut still has the place for a moment.
      expect(answer.status).toBe(200);
      return told;
    });
    return linesOf(text).slice(0, -1);
  }

  it("is answered as it was, tokens and all", async () => {
    const file = fileOf("twice", 150);
    const first = await (await ask(file, "twice")).text();
    expect(linesOf(first)).toHaveLength(151);
    expect(await (await ask(file, "twice")).text()).toBe(first);
    const other = await (await ask(file, "another")).text();
    expect(other).not.toContain('"token"');
    expect(other).not.toContain("token-not-told");
  });

  it("goes on where it was cut, and every device has a token that somebody has seen", async () => {
    const file = fileOf("cut", 3_000);
    const cut = await ask(file, "cut");
    const reader = cut.body!.getReader();
    const seen = linesOf(new TextDecoder().decode((await reader.read()).value).replace(/[^\n]*$/, ""));
    await reader.cancel();
    const rows = await wholeAnswer(file, "cut");
    expect(rows).toHaveLength(3_000);
    expect(rows.every(({ outcome, token }) => outcome === "created" && token !== undefined)).toBe(true);
    expect(rows.slice(0, seen.length)).toEqual(seen);
  });

  it("names devices whose token nobody can tell any more", async () => {
    const count = 6_000;
    const file = fileOf("lost", count);
    const cut = await ask(file, "lost");
    // As the log would have it if the process had ended before it kept the answer to the last row.
    const last = `lost-${count - 1}`;
    const { status } = await service.request("POST", "/api/v1/devices", { id: last, type: "boiler" });
    await cut.body!.cancel();
    expect(status).toBe(201);
    const rows = await wholeAnswer(file, "lost");
    expect(rows.at(-1)).toMatchObject({ id: last, outcome: "unchanged", code: "token-not-told" });
    expect(rows.slice(0, -1).every(({ outcome, token }) => outcome === "created" && token !== undefined)).toBe(true);
  });

  it("is refused with another file", async () => {
    await (await ask(fileOf("one", 1), "reused")).text();
    const answer = await ask(fileOf("other", 1), "reused");
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, "idempotency-key-reused"]);
  });

  it("keeps nothing of a dry run", async () => {
    const file = fileOf("dry", 1);
    await (await ask(file, "dry", "?dryRun=true")).text();
    const [row] = linesOf(await (await ask(file, "dry", "?dryRun=true")).text());
    expect(row).toEqual({ row: 1, id: "dry-0", outcome: "created" });
  });
});
