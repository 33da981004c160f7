import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "./platform.ts";
import { runCli } from "./run-cli.ts";

let platform: Platform;
let env: Record<string, string>;
let api: Platform["api"];
let files: string;
let made = 0;

beforeAll(async () => {
  platform = await startPlatform();
  ({ env, api } = platform);
});
afterAll(() => platform.stop());
beforeEach(() => {
  files = join(platform.folder, `files-${(made += 1)}`);
  mkdirSync(files);
});

function write(name: string, text: string): string {
  const file = join(files, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const cli = (...args: string[]) => runCli(args, env);

const boiler = `id: boiler
# Comments are the file's own.
condition:
  metric: temperature
  above: { warning: 80, critical: 90 }
`;

describe("headwater rules", () => {
  it("applies files: nothing is done twice, and diff tells each field with exit code 2", async () => {
    write("boiler.yaml", boiler);
    write(
      "below/pumps.yml",
      "state: live\nrule: { id: pump, condition: { absent: 10m } }\n---\n- id: tank\n  condition: { metric: level, below: 5 }\n",
    );
    const tried = await cli("rules", "diff", files);
    expect(tried).toEqual({
      code: 2,
      err: "",
      out: "+ pump (new, live)\n+ tank (new, draft)\n+ boiler (new, draft)\n",
    });
    expect((await api.call("GET", "/api/v1/rules", {})).items).toEqual([]);

    expect(await cli("rules", "apply", files)).toMatchObject({ code: 0, out: tried.out });
    expect(await cli("rules", "diff", files)).toEqual({ code: 0, err: "", out: "= 3 the same\n" });
    expect(await cli("rules", "apply", files)).toEqual({ code: 0, err: "", out: "= 3 the same\n" });
    expect(await api.call("GET", "/api/v1/rules/{id}", { path: { id: "pump" } })).toMatchObject({
      revision: 1,
      mode: "live",
    });

    // A rule whose file names no state keeps the one that it was given by hand.
    expect(await cli("rules", "shadow", "boiler")).toMatchObject({ code: 0 });
    write(
      "boiler.yaml",
      boiler.replace("critical: 90", "critical: 95").replace("id: boiler", "id: boiler\nname: Boiler"),
    );
    const changed = await cli("rules", "diff", files);
    expect(changed).toMatchObject({
      code: 2,
      out: '~ boiler (revision 1)\n    /condition/above/critical: 90 -> 95\n    /name: + "Boiler"\n= 2 the same\n',
    });
    await cli("rules", "apply", files);
    expect(await api.call("GET", "/api/v1/rules/{id}", { path: { id: "boiler" } })).toMatchObject({
      revision: 2,
      mode: "shadow",
    });

    // Only when asked, what no file has is deleted.
    write("below/pumps.yml", "state: disabled\nrule: { id: pump, condition: { absent: 10m } }\n");
    expect((await cli("rules", "diff", files)).out).not.toContain("tank");
    const pruned = await cli("rules", "apply", "--prune", "--json", files);
    expect(pruned.code).toBe(0);
    expect(JSON.parse(pruned.out)).toMatchObject({ differs: true, deletes: [{ id: "tank" }] });
    const { items } = await api.call("GET", "/api/v1/rules", {});
    expect(items.map(({ id, mode }) => [id, mode])).toEqual([
      ["boiler", "shadow"],
      ["pump", "disabled"],
    ]);
  });

  it("exports what it takes back", async () => {
    write(
      "a.yaml",
      '- id: text\n  name: "01"\n  condition: { metric: mode, equals: on }\n- id: other\n  condition: { absent: 1h }\n',
    );
    await cli("rules", "apply", "--state", "shadow", files);
    const one = await cli("rules", "export", "text");
    expect(one).toMatchObject({ code: 0, err: "" });
    expect(one.out).toMatch(/^---\nstate: shadow\nrule:\n {2}id: text\n {2}name: "01"\n/);
    const out = join(files, "exported");
    expect(await cli("rules", "export", "--out", out)).toMatchObject({ code: 0 });
    expect(await cli("rules", "diff", "--prune", out)).toMatchObject({ code: 0 });
  });

  it("exports texts that hold what looks like the beginning of a document", async () => {
    write("a.yaml", 'id: lines\ndescription: "one\\u2028---\\ntwo"\ncondition: { absent: 1h }\n');
    await cli("rules", "apply", files);
    expect(await cli("rules", "export", "lines", "--out", join(files, "out"))).toMatchObject({ code: 0, err: "" });
    expect(await cli("rules", "diff", join(files, "out"))).toMatchObject({ code: 0, out: "= 1 the same\n" });
  });

  it("makes a rule do less before it changes it", async () => {
    const tried = (state: string, above: number) =>
      write("a.yaml", `state: ${state}\nrule: { id: tried, condition: { metric: t, above: ${above} } }\n`);
    await cli("rules", "apply", tried("live", 90));
    expect(await cli("rules", "apply", tried("shadow", 1))).toMatchObject({ code: 0 });
    const path = { id: "tried" };
    const { mode, updatedAt } = await api.call("GET", "/api/v1/rules/{id}", { path });
    const { items } = await api.call("GET", "/api/v1/rules/{id}/revisions", { path });
    // The revision was the last change.
    expect({ mode, updatedAt }).toEqual({ mode: "shadow", updatedAt: items[0]!.at });
  });

  it("turns a chain of rules round, in whatever order the files have them", async () => {
    const deriving = (id: string, from: string, to: string) =>
      `id: ${id}\nderive: { metric: ${to}, expression: "metrics.${from} + 1.0", from: ${from} }\n`;
    const chain = [deriving("one", "x", "y"), deriving("two", "y", "z")].join("---\n");
    const turned = [deriving("one", "z", "y"), deriving("two", "x", "z")].join("---\n");
    for (const text of [chain, turned, chain]) {
      expect(await cli("rules", "apply", "--state", "live", write("a.yaml", text))).toMatchObject({ code: 0, err: "" });
      expect(await cli("rules", "diff", files)).toMatchObject({ code: 0 });
    }
  });

  it("warns of what a rule will hardly do as it is meant, and counts that as wrong if it is asked to", async () => {
    const file = write(
      "held.yaml",
      `state: draft
rule:
  id: held
  condition: { metric: temperature, above: 90, for: 10s }
  actions:
    - command: { name: shut, ttl: 2s }
    - command:
        name: sound
        ttl: 1h
      repeat: 15m
`,
    );
    const told = await cli("rules", "validate", file);
    expect(told).toMatchObject({ code: 0, err: "" });
    const [first, second, last] = told.out.split("\n");
    expect(first).toMatch(/held\.yaml:6: warning: \/actions\/0\/command\/ttl is shorter than .* make it \S+ at least/);
    expect(second).toMatch(/held\.yaml:9: warning: \/actions\/1\/command\/ttl is longer than repeat.* 15m at most/);
    expect(last).toBe("1 valid, with 2 warnings");
    expect(await cli("rules", "validate", "--strict", file)).toEqual({ ...told, code: 2 });
    const json = JSON.parse((await cli("rules", "validate", "--json", file)).out) as object;
    expect(json).toEqual({ valid: true, rules: ["held"], maintenance: [], warnings: [first, second] });
    expect((await cli("rules", "diff", "--strict", file)).err).toContain("--strict is not of diff");
  });

  it("validates: each problem with its file, its line and the remedy", async () => {
    const file = write(
      "odd.yaml",
      "id: good\ncondition: { absent: 10m }\n---\nstate: live\nrule:\n  id: odd\n  condition:\n    metric: t\n    abvoe: 80\n",
    );
    const { code, out, err } = await cli("rules", "validate", file);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`${file}:9: /condition/abvoe`);
    expect(await cli("rules", "apply", file)).toMatchObject({ code: 1 });
    expect(await cli("rules", "get", "good")).toMatchObject({ code: 1 });
    const good = write("good.yaml", "id: good\ncondition: { absent: 10m }\n");
    expect(await cli("rules", "validate", good)).toEqual({ code: 0, err: "", out: "1 valid\n" });
  });

  it.each([
    { text: "id: x\nid: y\n", says: ":2: this is not valid YAML" },
    { text: "id: [\n", says: "this is not valid YAML" },
    {
      text: "id: x\ncondition: { absent: 1m }\n---\nid: x\ncondition: { absent: 1m }\n",
      says: ":4: there is a rule x at",
    },
    { text: "- 5\n", says: ":1:" },
    { text: "id: x\ncondition:\n  metric: t\n  above: .inf\n", says: ":4: /condition/above is no finite number" },
    { text: "- id: x\n  condition: { metric: t, in: [1, .nan] }\n", says: ":2: /0/condition/in/1 is no finite number" },
    { text: "- - id: x\n    condition: { absent: 1m }\n", says: ":1: this is a list in a list" },
    { text: "id: x\ncondition: &all { all: [*all] }\n", says: "an alias is within what it repeats" },
    { text: "id: x\nlabels: !!omap [team: heating]\n", says: ":2: /labels has to be an object" },
  ])("says where a file is wrong: $says", async ({ text, says }) => {
    const { code, err } = await cli("rules", "diff", write("wrong.yaml", text));
    expect(code).toBe(1);
    expect(err).toContain(says);
  });

  it("refuses what was probably not meant", async () => {
    expect((await cli("rules", "apply", "--prune", files)).err).toContain("--prune would delete all");
    expect((await cli("rules", "aply", files)).err).toContain("did you mean apply?");
    expect((await cli("rules", "list", "--prune")).err).toContain("--prune is not of list");
    expect((await cli("rules", "diff", "--state", "on", files)).err).toContain("--state is one of live");
    expect((await cli("rules", "diff", join(files, "absent.yaml"))).err).toContain("absent.yaml cannot be read");
    expect((await cli("rules", "get")).err).toContain("takes the id of one rule");
  });

  it("does things with single rules", async () => {
    await api.call("POST", "/api/v1/rules", {
      body: { id: "single", name: "\u001b[31mred", condition: { absent: "1h" } },
    });
    expect((await cli("rules", "enable", "single", "--revision", "7")).err).toContain("412");
    expect(await cli("rules", "enable", "single", "--revision", "1")).toMatchObject({ code: 0 });
    const { out } = await cli("rules", "list", "--state", "live");
    expect(out).toContain("single");
    expect(out).toContain("\\u{1b}[31mred");
    expect((await cli("rules", "get", "single")).out).toContain("partition 0: ");
    expect(JSON.parse((await cli("rules", "revisions", "single", "--json")).out)).toHaveLength(1);
    expect(await cli("rules", "delete", "single")).toMatchObject({ code: 0, out: "single: deleted (revision 1)\n" });
  });
});

describe("maintenance windows in files", () => {
  it("are compared, made, changed and exported beside rules", async () => {
    const window = (to: string) => `maintenance: { id: pumps, selector: { types: [pump] }, to: "${to}" }\n`;
    const file = write(
      "windows.yaml",
      `${window("2099-01-01T00:00:00Z")}---\nid: beside\ncondition: { metric: t, above: 1 }\n`,
    );
    const created = await cli("rules", "diff", file);
    expect(created).toMatchObject({ code: 2, out: "+ maintenance pumps (new)\n+ beside (new, draft)\n" });
    expect(await cli("rules", "validate", file)).toMatchObject({ code: 0, out: "2 valid\n" });
    expect((await cli("rules", "apply", file)).code).toBe(0);
    expect(await cli("rules", "diff", file)).toMatchObject({ code: 0, out: "= 2 the same\n" });
    write("windows.yaml", window("2098-01-01T00:00:00Z"));
    const changed = await cli("rules", "apply", file);
    expect(changed.out).toContain('/to: "2099-01-01T00:00:00Z" -> "2098-01-01T00:00:00Z"');
    const kept = await api.call("GET", "/api/v1/maintenance/{id}", { path: { id: "pumps" } });
    expect(kept).toMatchObject({ revision: 2, definition: { to: "2098-01-01T00:00:00Z" } });
    expect((await cli("rules", "export", "maintenance/pumps")).out).toContain("maintenance:\n  id: pumps\n");
    write("windows.yaml", "maintenance: { id: pumps }\n");
    expect(await cli("rules", "diff", file)).toMatchObject({ code: 1, err: expect.stringContaining("never ends") });
    await api.call("DELETE", "/api/v1/maintenance/{id}", { path: { id: "pumps" } });
    await api.call("DELETE", "/api/v1/rules/{id}", { path: { id: "beside" } });
    rmSync(file);
  });
});

describe("many rules at once", () => {
  it("switches those of ids with a wildcard, and of labels, each by itself", async () => {
    const rule = (id: string, team: string) =>
      `{ id: ${id}, labels: { team: ${team} }, condition: { metric: t, above: 800 } }`;
    write("many.yaml", [rule("many-1", "heat"), rule("many-2", "cold"), rule("other-1", "heat")].join("\n---\n"));
    await cli("rules", "apply", join(files, "many.yaml"));
    expect(await cli("rules", "shadow", "many-*")).toMatchObject({ code: 0, out: "many-1: shadow\nmany-2: shadow\n" });
    const labelled = await cli("rules", "disable", "--label", "team=heat", "m*", "o*");
    expect(labelled).toMatchObject({ code: 0, out: "many-1: disabled\nother-1: disabled\n" });
    const some = await cli("rules", "disable", "many-2", "never-was");
    expect(some.code).toBe(1);
    expect(some.out).toContain("many-2: disabled");
    expect(some.out).toContain("There is no rule never-was");
    expect((await cli("rules", "enable", "--label", "team=nobody")).out).toBe("no rules\n");
    expect(await cli("rules", "enable", "--label", "team")).toMatchObject({ code: 1, out: "" });
    expect(await cli("rules", "enable", "m*", "--revision", "1")).toMatchObject({ code: 1, out: "" });
  });
});
