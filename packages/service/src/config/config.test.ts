import { Type } from "@sinclair/typebox";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, InvariantError } from "@headwater/core";
import { describeConfig, loadConfig, mergeSchemas } from "./index.ts";

const http = Type.Object({
  http: Type.Object({
    port: Type.Integer({
      env: "HEADWATER_HTTP_PORT",
      default: 8080,
      minimum: 0,
      maximum: 65_535,
      description: "Where HTTP listens",
    }),
    host: Type.String({
      env: "HEADWATER_HTTP_HOST",
      default: "127.0.0.1",
      minLength: 1,
      description: "Address to bind",
    }),
  }),
});
const log = Type.Object({
  log: Type.Object({
    kind: Type.Union([Type.Literal("embedded"), Type.Literal("kafka")], {
      env: "HEADWATER_EVENT_LOG",
      default: "embedded",
    }),
    brokers: Type.Array(Type.String({ minLength: 1 }), { env: "HEADWATER_KAFKA_BROKERS", default: [], maxItems: 3 }),
    tls: Type.Boolean({ env: "HEADWATER_KAFKA_TLS", default: false }),
    factor: Type.Number({ env: "HEADWATER_FACTOR", default: 0.5, exclusiveMinimum: 0 }),
    password: Type.Optional(
      Type.String({ env: "HEADWATER_KAFKA_PASSWORD", secret: true, minLength: 8, description: "SASL password" }),
    ),
    routes: Type.Array(Type.Object({ topic: Type.String() }), { env: "HEADWATER_ROUTES", default: [] }),
  }),
});
const schema = mergeSchemas(http, log);
const required = Type.Object({ org: Type.String({ env: "HEADWATER_INFLUX_ORG", description: "The organisation" }) });

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(content: string, name = "headwater.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).details["problems"] as string[];
  }
  return [];
}

describe("loadConfig", () => {
  it("has defaults, typed sections, and nothing where an optional setting is absent", () => {
    const config = loadConfig(schema, { env: {} });
    const port: number = config.http.port;
    const kind: "embedded" | "kafka" = config.log.kind;
    const password: string | undefined = config.log.password;
    expect([port, kind, password]).toEqual([8080, "embedded", undefined]);
    expect(config).toEqual({
      http: { port: 8080, host: "127.0.0.1" },
      log: { kind: "embedded", brokers: [], tls: false, factor: 0.5, routes: [] },
    });
  });

  it("converts the text of variables", () => {
    const { log: settings } = loadConfig(schema, {
      env: {
        HEADWATER_EVENT_LOG: "kafka",
        HEADWATER_KAFKA_BROKERS: " a:9092, b:9092 ,",
        HEADWATER_KAFKA_TLS: "Yes",
        HEADWATER_FACTOR: "1.5e-1",
        HEADWATER_ROUTES: '[{"topic":"a/#"}]',
        PATH: "not ours",
      },
    });
    expect(settings).toEqual({
      kind: "kafka",
      brokers: ["a:9092", "b:9092"],
      tls: true,
      factor: 0.15,
      routes: [{ topic: "a/#" }],
    });
  });

  it("puts overrides over the environment over the file over defaults; an empty variable is none", () => {
    const yaml = file("http:\n  port: 1000\n  host: from-file\nlog:\n  kind: kafka\n  brokers: [a, b]\n");
    const env = {
      HEADWATER_CONFIG_FILE: yaml,
      HEADWATER_HTTP_PORT: "2000",
      HEADWATER_EVENT_LOG: "",
      HEADWATER_HTTP_HOST: "from-env",
    };
    const config = loadConfig(schema, { env, overrides: { http: { host: "from-override" } } });
    expect(config.http).toEqual({ port: 2000, host: "from-override" });
    expect(config.log).toMatchObject({ kind: "kafka", brokers: ["a", "b"], factor: 0.5 });
  });

  it("does not share its defaults between two loads", () => {
    loadConfig(schema, { env: {} }).log.brokers.push("changed");
    expect(loadConfig(schema, { env: {} }).log.brokers).toEqual([]);
  });

  it("names what is wrong in a file by its place there", () => {
    const yaml = file("http:\n  port: many\nlog:\n  routes:\n    - topic: a\n    - topic: [b]\n");
    expect(problemsOf(() => loadConfig(schema, { env: { HEADWATER_CONFIG_FILE: yaml } }))).toEqual([
      `http.port in ${yaml} has to be an integer from 0 to 65535, not "many"`,
      `log.routes[1].topic in ${yaml} has to be text, not a list`,
    ]);
  });

  it("names everything that is wrong at once, what and where, and what to do", () => {
    const yaml = file("http:\n  prot: 1\nlogs:\n  kind: x\nlog: 5\n");
    const env = {
      HEADWATER_CONFIG_FILE: yaml,
      HEADWATER_HTTP_PORT: "80800",
      HEADWATER_EVENT_LOG: "kafak",
      HEADWATER_KAFKA_BROKERS: "a,b,c,d",
      HEADWATER_KAFKA_TLS: "perhaps",
      HEADWATER_FACTOR: "0",
      HEADWATER_ROUTES: '[{"topc":"a"}]',
      HEADWATER_HTTP_PROT: "1",
      HEADWATER_ZZZZ_UNHEARD_OF: "1",
    };
    const problems = problemsOf(() => loadConfig(mergeSchemas(schema, required), { env }));
    expect(problems).toEqual([
      "HEADWATER_HTTP_PROT in the environment is not a setting; did you mean HEADWATER_HTTP_PORT?",
      "HEADWATER_ZZZZ_UNHEARD_OF in the environment is not a setting; remove it, or see `headwater config` for what there is",
      `http.prot in ${yaml} is not a setting; did you mean http.port?`,
      `logs in ${yaml} is not a setting; did you mean log?`,
      `log in ${yaml} has to be a section with settings below it`,
      "HEADWATER_HTTP_PORT in the environment has to be an integer from 0 to 65535, not 80800",
      'HEADWATER_EVENT_LOG in the environment has to be one of embedded, kafka, not "kafak"',
      "HEADWATER_KAFKA_BROKERS in the environment has more than 3 items",
      'HEADWATER_KAFKA_TLS in the environment has to be true or false, not "perhaps"',
      "HEADWATER_FACTOR in the environment has to be a number above 0, not 0",
      "HEADWATER_ROUTES in the environment at /0/topic is missing; give text",
      "HEADWATER_INFLUX_ORG is missing (The organisation); set it, or org in the configuration file",
    ]);
  });

  it("takes no fraction, no hexadecimal and no rest of text for an integer", () => {
    for (const text of ["1.5", "0x10", "80 80", "8080a", "1e3", ""]) {
      const load = () => loadConfig(http, { env: { HEADWATER_HTTP_PORT: text } });
      if (text === "") expect(load().http.port).toBe(8080);
      else expect(problemsOf(load), text).toHaveLength(1);
    }
  });

  it("knows what other services know, without reading it", () => {
    const yaml = file("log:\n  kind: nonsense\n");
    const env = {
      HEADWATER_CONFIG_FILE: yaml,
      HEADWATER_FACTOR: "x",
      HEADWATER_KAFKA_PASSWORD_FILE: "/nowhere",
      HEADWATER_OWN: "1",
    };
    expect(loadConfig(http, { env, alsoKnown: [log, "HEADWATER_OWN"] })).toEqual({
      http: { port: 8080, host: "127.0.0.1" },
    });
    expect(problemsOf(() => loadConfig(http, { env }))).toHaveLength(4);
  });
});

describe("secrets", () => {
  it("come from a file, without the line's end", () => {
    const env = { HEADWATER_KAFKA_PASSWORD_FILE: file("correct horse\n", "password") };
    expect(loadConfig(schema, { env }).log.password).toBe("correct horse");
  });

  it("come from one place only, and from a file that can be read", () => {
    const both = { HEADWATER_KAFKA_PASSWORD: "correct horse", HEADWATER_KAFKA_PASSWORD_FILE: file("x", "password") };
    expect(problemsOf(() => loadConfig(schema, { env: both }))).toEqual([
      "HEADWATER_KAFKA_PASSWORD and HEADWATER_KAFKA_PASSWORD_FILE are both set; keep one",
    ]);
    const env = { HEADWATER_KAFKA_PASSWORD_FILE: join(folder, "nowhere") };
    expect(problemsOf(() => loadConfig(schema, { env }))).toEqual([
      `HEADWATER_KAFKA_PASSWORD_FILE names ${join(folder, "nowhere")}, which cannot be read (ENOENT)`,
    ]);
  });

  it("stand in no message and no reference", () => {
    const env = { HEADWATER_KAFKA_PASSWORD: "hunter2" };
    const [problem] = problemsOf(() => loadConfig(schema, { env }));
    expect(problem).toBe("HEADWATER_KAFKA_PASSWORD in the environment does not have the form it needs");
    const config = loadConfig(schema, { env: { HEADWATER_KAFKA_PASSWORD: "hunter2hunter2" } });
    expect(config.log.password).toBe("hunter2hunter2");
    const withDefault = Type.Object({
      key: Type.String({ env: "HEADWATER_KEY", secret: true, default: "hunter2hunter2" }),
    });
    expect(describeConfig(withDefault)).not.toContain("hunter2");
  });

  it("may not be given by file when they are none", () => {
    const problems = problemsOf(() => loadConfig(http, { env: { HEADWATER_HTTP_HOST_FILE: "/x" } }));
    expect(problems).toEqual([
      "HEADWATER_HTTP_HOST_FILE in the environment is not a setting; did you mean HEADWATER_HTTP_HOST?",
    ]);
  });
});

describe("a configuration file", () => {
  it.each([
    ["is not YAML", "http: [1\nlog: {", /is not valid YAML at line \d+, column \d+: /],
    ["names a key twice", "http: {}\nhttp: {}\n", /is not valid YAML at line 2, column 1: Map keys must be unique/],
    ["is a list", "- http\n", /has to hold settings/],
    ["has a tag that runs code elsewhere", "http: !!js/function 'x'\n", /is not valid YAML at line 1/],
    ["grows by its aliases", bomb(), /cannot be used: Excessive alias count/],
    ["is too large", `#${"x".repeat(1024 * 1024)}\n`, /larger than 1 MiB/],
  ])("that %s is refused in one line", (_name, content, message) => {
    const problems = problemsOf(() => loadConfig(schema, { env: {}, yamlFile: file(content) }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).not.toContain("\n");
  });

  it("that is not there is named", () => {
    const env = { HEADWATER_CONFIG_FILE: join(folder, "nowhere.yaml") };
    expect(problemsOf(() => loadConfig(schema, { env }))).toEqual([
      `The configuration file ${join(folder, "nowhere.yaml")} cannot be read (ENOENT)`,
    ]);
  });

  it("may be empty, and may hold text where a number is meant", () => {
    expect(loadConfig(schema, { env: {}, yamlFile: file("# nothing yet\n") }).http.port).toBe(8080);
    expect(loadConfig(schema, { env: {}, yamlFile: file("http:\n  port: '9000'\n") }).http.port).toBe(9000);
  });

  it("cannot reach behind the settings", () => {
    const problems = problemsOf(() => loadConfig(schema, { env: {}, yamlFile: file("__proto__:\n  polluted: 1\n") }));
    expect(problems).toHaveLength(1);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("mergeSchemas", () => {
  it("takes the same setting twice, but not two different ones of one name", () => {
    expect(loadConfig(mergeSchemas(http, http), { env: {} }).http.port).toBe(8080);
    const other = Type.Object({
      http: Type.Object({ port: Type.Integer({ env: "HEADWATER_HTTP_PORT", default: 1 }) }),
    });
    expect(() => mergeSchemas(http, other)).toThrow(
      new InvariantError("The setting http.port is declared twice, and not alike"),
    );
  });
});

describe("describeConfig", () => {
  it("is a table of all settings", () => {
    const table = describeConfig(mergeSchemas(schema, required));
    expect(table).toContain(
      "| `HEADWATER_HTTP_PORT` | `http.port` | an integer from 0 to 65535 | `8080` | Where HTTP listens |",
    );
    expect(table).toContain("| `HEADWATER_KAFKA_PASSWORD` or `HEADWATER_KAFKA_PASSWORD_FILE` | `log.password` |");
    expect(table).toContain(
      "| `HEADWATER_KAFKA_BROKERS` | `log.brokers` | a list, each item text that is not empty | empty |",
    );
    expect(table).toContain("| `HEADWATER_INFLUX_ORG` | `org` | text | **required** | The organisation |");
    const [settings, items] = table.trim().split("\n\n");
    expect(settings!.split("\n")).toHaveLength(2 + 9);
    // A list of objects has a table of its own for what its items hold.
    expect(items).toContain("Each item of `log.routes`");
  });
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level += 1) {
    const alias = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => alias).join(", ")}]`);
  }
  return lines.join("\n");
}
