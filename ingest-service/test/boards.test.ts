import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { boardProblems } from "../src/boards/board-definition.ts";
import { builtInBoards } from "../src/boards/built-in-boards.ts";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";

const board = {
  title: "Boiler room",
  variables: [{ name: "device", kind: "device", type: "boiler" }],
  widgets: [
    { kind: "chart", series: [{ metric: "temperature", device: "$device" }], above: { warning: 80 } },
    { kind: "value", metric: "pressure", devices: { tag: ["site:north"] }, across: "mean", width: 3 },
    { kind: "text", text: "<b>text</b>" },
  ],
};

interface Answer {
  readonly [name: string]: unknown;
  readonly items: readonly { readonly id: string; readonly title: string; readonly action: string }[];
  readonly next: string | null;
}

describe("a board", () => {
  let backends: Awaited<ReturnType<typeof openBackends>>;
  let service: TestService;
  beforeAll(async () => {
    backends = await openBackends();
    service = await startService({ ...backends, dataDir: backends.folder });
  });
  afterAll(async () => {
    await service.app.stop();
    await service.http.close();
    await backends.close();
  });

  async function put(id: string, payload: object, headers: Record<string, string> = {}) {
    const answer = await service.http.inject({
      ...{ method: "PUT", url: `/api/v1/boards/${id}`, payload },
      headers: { ...tokenHeader, ...headers },
    });
    return { status: answer.statusCode, etag: answer.headers["etag"], body: answer.json() as Answer };
  }
  const get = (path: string) => service.request<Answer>("GET", `/api/v1/${path}`);

  it("is saved, changed on its revision, listed, deleted, and kept over a restart", async () => {
    const first = await put("boilers", { id: "boilers", ...board });
    expect(first).toMatchObject({ status: 200, etag: '"1"', body: { builtIn: false, updatedBy: "admin" } });
    expect(first.body["definition"]).toEqual({ id: "boilers", ...board });
    expect((await put("boilers", board)).body["position"]).toBeUndefined();
    expect((await put("boilers", { ...board, title: "B" }, { "if-match": '"7"' })).status).toBe(412);
    expect((await put("boilers", { ...board, title: "B" }, { "if-match": '"1"' })).etag).toBe('"2"');
    await service.app.stop();
    await service.http.close();
    service = await startService({ ...backends, dataDir: backends.folder });
    expect((await get("boards/boilers")).body).toMatchObject({ title: "B" });
    const listed = (await get("boards?limit=2")).body;
    expect(listed["items"]).toMatchObject([
      { id: "alerts-and-pipeline", builtIn: true },
      { id: "boilers", widgets: 3 },
    ]);
    const rest = (await get(`boards?cursor=${listed.next}`)).body;
    expect(rest.items.map(({ id }) => id)).toEqual(["device", "fleet-overview"]);
    expect((await service.request("DELETE", "/api/v1/boards/boilers")).status).toBe(200);
    expect((await get("boards/boilers")).body).toMatchObject({ code: "board-unknown" });
    expect((await service.request("DELETE", "/api/v1/boards/boilers")).body).toMatchObject({ code: "board-unknown" });
    await eventually(async () => {
      const { items } = (await get("audit?kind=board&subject=boilers")).body;
      expect(items.map(({ action }) => action)).toEqual(["deleted", "changed", "created"]);
    });
  });

  it("that came with the platform gives way to what is saved under its id, until that is deleted", async () => {
    const came = await get("boards/device");
    expect(came.body).toMatchObject({ builtIn: true, title: "A device" });
    const changed = await put("device", { ...board, title: "Mine" }, { "if-match": '"0"' });
    expect(changed).toMatchObject({ status: 200, body: { builtIn: false, title: "Mine" } });
    expect((await put("device", board, { "if-match": '"0"' })).status).toBe(412);
    const titles = (await get("boards")).body.items.map(({ title }) => title);
    expect(titles).toEqual(["Alerts and pipeline", "Mine", "Fleet overview"]);
    await service.request("DELETE", "/api/v1/boards/device");
    expect((await get("boards/device")).body).toMatchObject({ builtIn: true, title: "A device" });
    expect((await service.request("DELETE", "/api/v1/boards/device")).status).toBe(404);
  });

  it("is refused with the place and what to do, by a check and when it is saved", async () => {
    const wrong = {
      title: "T",
      variables: [{ name: "span", kind: "device" }],
      widgets: [{ kind: "chart", seris: [] }, { kind: "pie" }, { kind: "value", metric: "m", device: "d", width: 13 }],
    };
    const { body } = await service.request<{ valid: boolean; errors: { pointer: string; detail: string }[] }>(
      ...(["POST", "/api/v1/boards/validate", wrong] as const),
    );
    expect(body.errors.map(({ pointer, detail }) => `${pointer} ${detail}`)).toEqual([
      expect.stringMatching(/^\/widgets\/0\/series is missing/),
      "/widgets/0/seris is not known here; did you mean series?",
      "/widgets/1/kind has to be one of chart, value, count, table, alerts, text",
      "/widgets/2/width has to be an integer from 1 to 12, not 13",
    ]);
    const refused = await put("wrong", wrong);
    expect([refused.status, refused.body["errors"]]).toEqual([400, body.errors]);
    expect((await put("new", board)).body["errors"]).toMatchObject([{ pointer: "/id" }]);
    expect((await put("validate", board)).status).toBe(405);
    expect((await put("a", { id: "b", ...board })).body["errors"]).toMatchObject([{ pointer: "/id" }]);
  });
});

describe("the check of a board", () => {
  const widget = (part: object) => ({ title: "T", widgets: [part] });
  it.each<[string, object, string]>([
    ["a variable that is not there", widget({ kind: "alerts", device: "$d" }), "/widgets/0/device $d is no variable"],
    [
      "a variable of another kind",
      { ...board, variables: [{ name: "device", kind: "group" }] },
      "/widgets/0/series/0/device $device is no variable of the kind device",
    ],
    [
      "a reserved name",
      { ...board, variables: [...board.variables, { name: "to", kind: "group" }] },
      "/variables/1/name",
    ],
    [
      "a name twice",
      { ...board, variables: [board.variables[0], board.variables[0]] },
      "/variables/1/name is there twice",
    ],
    ["a value of nothing", widget({ kind: "value", metric: "m" }), "/widgets/0 needs a device, or devices"],
    ["a value of many", widget({ kind: "value", metric: "m", devices: {} }), "/widgets/0 has devices, and one value"],
    [
      "a tag that is none",
      widget({ kind: "table", metrics: ["m"], devices: { tag: ["north"] } }),
      "/widgets/0/devices/tag/0",
    ],
    ["a table without columns", widget({ kind: "table", devices: {} }), "/widgets/0/metrics is missing"],
    ["a count of alerts by device", widget({ kind: "count", of: "alerts", devices: {} }), "/widgets/0/devices"],
    ["no widget", widget([]), "/widgets/0 has to be a widget"],
    ["no board", [], " has to be"],
    [
      "more than an event holds",
      { title: "T", widgets: Array.from({ length: 40 }, () => ({ kind: "text", text: "x".repeat(3_000) })) },
      " has 1",
    ],
  ])("finds %s", (_what, value, expected) => {
    expect(
      boardProblems(value)
        .map(({ pointer, detail }) => `${pointer} ${detail}`)
        .join("\n"),
    ).toContain(expected);
  });

  it.each(Object.entries(builtInBoards))("takes %s, which comes with the platform", (_id, definition) => {
    expect(boardProblems(definition)).toEqual([]);
  });
});
