import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { type Platform, startPlatform } from "./platform.ts";
import { runCli } from "./run-cli.ts";

let platform: Platform;
let env: Record<string, string>;

beforeAll(async () => {
  platform = await startPlatform();
  ({ env } = platform);
  const { api } = platform;
  const register = (id: string, site: string) =>
    api.call("POST", "/api/v1/devices", { body: { id, type: "boiler", tags: { site } } });
  const { token = "" } = await register("b-1", "north, 2");
  await register("b-2", "south");
  const device = await connectAsync(platform.mqttUrl, { username: "b-1", password: token, clientId: "b-1" });
  await device.publishAsync("devices/b-1/telemetry", JSON.stringify({ temperature: 21.5, mode: "eco" }), { qos: 1 });
  await eventually(async () => {
    const { items } = await api.call("GET", "/api/v1/devices", { query: { connected: true } });
    expect(items.map(({ id }) => id)).toEqual(["b-1"]);
    const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: "b-1" } });
    expect(Object.keys(values)).toHaveLength(2);
  });
  await device.endAsync();
  await eventually(async () => {
    const { items } = await api.call("GET", "/api/v1/devices", { query: { connected: true } });
    expect(items).toEqual([]);
  });
});
afterAll(() => platform.stop());

it("lists devices by what they are, counts them, and says what is wrong", async () => {
  const { out, code } = await runCli(["devices", "--type", "boiler", "--disconnected"], env);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^id .*\nb-1 +boiler +- +20\S+Z +site:north, 2\nb-2 .* never /),
  ]);
  expect((await runCli(["devices", "--tag", "site:north, 2", "--count"], env)).out).toBe("1\n");
  const lines = await runCli(["devices", "--sort", "lastSeen", "--desc", "--json"], env);
  expect(lines.out.trim().split("\n").map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(["b-1", "b-2"]); // oxfmt-ignore
  const wrong = await runCli(["devices", "--tag", "site"], env);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("write it like site:north")]);
});

it("saves a filter under a name, and asks by it", async () => {
  const saved = await runCli(["groups", "save", "south", "--type", "boiler", "--tag", "site:south"], env);
  expect([saved.code, saved.out]).toEqual([0, "south is saved\n"]);
  expect((await runCli(["groups"], env)).out).toMatch(
    /^south +\{"type":"boiler","tag":\["site:south"\]\} +by admin\n$/,
  );
  expect((await runCli(["devices", "--group", "south", "--json"], env)).out).toMatch(/^\{"id":"b-2".*\n$/);
  expect((await runCli(["devices", "--group", "south", "--search", "b-1", "--count"], env)).out).toBe("0\n");
  const series = await runCli(["query", "temperature", "--group", "south", "--from", "-1h"], env);
  expect([series.code, series.out.trim().split("\n")]).toEqual([0, [expect.stringContaining("metric")]]);
  expect((await runCli(["groups", "delete", "south"], env)).out).toBe("south is deleted\n");
  const gone = await runCli(["devices", "--group", "south"], env);
  expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('no device group "south"')]);
  const wrong = await runCli(["groups", "list", "--type", "boiler"], env);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("A filter is of save")]);
});

it("keeps boards as files, and says in which line one is wrong", async () => {
  const file = join(platform.folder, "boards.yaml");
  const board = "id: boilers\ntitle: Boilers\nwidgets:\n  - kind: value\n    metric: temperature\n    device: b-1\n";
  writeFileSync(file, `${board}---\nid: other\ntitle: Other\nwidgets:\n  - kind: text\n    texd: hello\n`);
  const wrong = await runCli(["boards", "apply", file], env);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining(`${file}:11: /widgets/0/text is missing`)]);
  expect(wrong.err).toContain(`${file}:12: /widgets/0/texd is not known here; did you mean text?`);
  expect((await runCli(["boards", "list"], env)).out).not.toContain("boilers");
  writeFileSync(file, board);
  expect((await runCli(["boards", "validate", file], env)).out).toBe("1 valid\n");
  expect((await runCli(["boards", "apply", file], env)).out).toBe("boilers is saved\n");
  expect((await runCli(["boards", "apply", file], env)).out).toBe("boilers is the same\n");
  expect((await runCli(["boards", "show", "boilers"], env)).out).toBe(board);
  expect((await runCli(["boards"], env)).out).toMatch(
    /^alerts-and-pipeline +.* came with the platform\nboilers +Boilers +by admin\n/,
  );
  const shown = await runCli(["boards", "show", "fleet-overview"], env);
  writeFileSync(file, shown.out);
  expect((await runCli(["boards", "apply", file], env)).out).toBe("fleet-overview is saved\n");
  expect((await runCli(["boards", "delete", "boilers", "fleet-overview"], env)).code).toBe(0);
  writeFileSync(file, "title: No id\nwidgets: []\n");
  expect((await runCli(["boards", "apply", file], env)).err).toContain("/id is missing");
});

it("prints series in the format that is asked for", async () => {
  const csv = await runCli(["query", "temperature", "mode", "--type", "boiler", "--from", "-1h"], env);
  expect(csv.out).toMatch(/^time,t,metric,device,value\r\n.*,temperature,b-1,21\.5\r\n.*,mode,b-1,eco\r\n$/);
  const across = ["--window", "1d", "--aggregate", "max", "--across", "mean", "--by", "tag:site", "--from", "-1d"];
  const json = await runCli(["query", "temperature", ...across, "--format", "json"], env);
  expect(JSON.parse(json.out)).toMatchObject({
    series: [{ metric: "temperature", group: { "tag:site": "north, 2" } }],
  });
  const paged = ["query", "temperature", "--device", "b-1", "--device", "nobody", "--format", "json"];
  const first = JSON.parse((await runCli([...paged, "--device-limit", "1"], env)).out) as { next: string };
  expect(first).toMatchObject({ series: [{ device: "b-1" }], next: expect.any(String) });
  expect(JSON.parse((await runCli([...paged, "--cursor", first.next], env)).out)).toEqual({ series: [] });
  const wrong = await runCli(["query", "temperature", "--aggregate", "mode"], env);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("there are mean, min, max")]);
  expect((await runCli(["query"], env)).code).toBe(1);
});

it("imports a file in pieces, keeps the tokens in a file of its own, and exports what it imported", async () => {
  const cells = (i: number) => `m-${i},meter,"line, ${i}\r\nof ""many""",${i}`;
  const rows = Array.from({ length: 2500 }, (_, i) => cells(i));
  const file = join(platform.folder, "meters.csv");
  writeFileSync(file, `\uFEFFid,type,tag.place,attribute.n\r\n${rows.join("\r\n")}\r\na/b,meter,x,1\r\n`);
  const dry = await runCli(["devices", "import", file, "--dry-run"], env);
  expect([dry.code, dry.err]).toEqual([1, "would be created 2500, updated 0, unchanged 0; refused 1, failed 0\n"]);
  expect((await runCli(["devices", "--type", "meter", "--count"], env)).out).toBe("0\n");
  const out = join(platform.folder, "tokens.ndjson");
  const done = await runCli(["devices", "import", file, "--out", out], env);
  expect([done.code, done.out, done.err]).toEqual([1, "", expect.stringContaining("created 2500,")]);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const answers = readFileSync(out, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as { row: number; id: string; token?: string }); // oxfmt-ignore
  expect(answers.map(({ row }) => row)).toEqual(Array.from({ length: 2501 }, (_, i) => i + 1));
  expect(answers.filter(({ token }) => token !== undefined)).toHaveLength(2500);
  const twice = await runCli(["devices", "import", file, "--out", out], env);
  expect([twice.code, twice.err]).toEqual([1, expect.stringContaining("tokens.ndjson cannot be made")]);
  const again = await runCli(["devices", "import", file], env);
  expect(again.err).toContain("created 0, updated 0, unchanged 2500;");
  for (const [format, name] of [
    ["csv", "all.csv"],
    ["ndjson", "all.ndjson"],
  ] as const) {
    // oxfmt-ignore
    const exported = await runCli(["devices", "export", "--type", "meter", "--format", format], env);
    writeFileSync(join(platform.folder, name), exported.out);
    const back = await runCli(["devices", "import", join(platform.folder, name)], env);
    expect([back.code, back.err]).toEqual([0, expect.stringContaining("unchanged 2500;")]);
  }
});

it("imports a file again with its key, and tells the tokens of the first time", async () => {
  const file = join(platform.folder, "keyed.csv");
  writeFileSync(file, `id\n${Array.from({ length: 2_100 }, (_, i) => `keyed-${i}\n`).join("")}`);
  const first = await runCli(["devices", "import", file, "--key", "tuesday"], env);
  expect(first.out.split('"token"').length - 1).toBe(2_100);
  const again = await runCli(["devices", "import", file, "--key", "tuesday"], env);
  expect([again.code, again.out]).toEqual([0, first.out]);
});

it("says what is wrong with what devices is asked to do", async () => {
  for (const [args, message] of [
    [["improt", "x"], "did you mean import?"],
    [["import"], "takes one file"],
    [["export", "x"], "takes no name"],
    [["import", join(platform.folder, "none.csv")], "none.csv cannot be read (ENOENT)"],
    [["export", "--format", "xml"], "--format is csv or ndjson"],
  ] as const) {
    const { code, err } = await runCli(["devices", ...args], env);
    expect([code === 0, err]).toEqual([false, expect.stringContaining(message)]);
  }
});
