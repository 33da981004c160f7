import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkout, composeFile, composeText, imageRecipe, ownServices, type ComposeService } from "./compose-file.ts";

const file = composeFile();
const own = ownServices(file);
const secretsOf = (service: ComposeService): string[] => (service.secrets ?? []).map((secret) => secret.source);
const read = (path: string): string => readFileSync(new URL(path, checkout), "utf8");

describe("compose.yaml", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(JSON.parse(read("tests/compose/compose-spec.json")) as object);

  it("is valid by the schema of the Compose Specification", () => {
    validate(file);
    expect(validate.errors).toBeNull();
  });

  it("is held to that schema: a misspelt key is refused", () => {
    const misspelt = { ...file, services: { gateway: { ...file.services["gateway"], stop_grace_periode: "1s" } } };
    expect(validate(misspelt)).toBe(false);
  });

  it("has Kafka, InfluxDB, Grafana and the three services", () => {
    expect(Object.keys(file.services).toSorted()).toEqual([
      "gateway",
      "grafana",
      "influxdb",
      "ingest",
      "kafka",
      "rules",
    ]);
    expect(own.map(([name, service]) => [name, service.command])).toEqual([
      ["gateway", ["gateway"]],
      ["ingest", ["ingest"]],
      ["rules", ["rules"]],
    ]);
  });

  it("defines every secret and volume that a service names, and no other", () => {
    const services = Object.values(file.services);
    const named = services.flatMap((service) => service.volumes ?? []).filter((volume) => !volume.startsWith("."));
    const granted = services.flatMap((service) => secretsOf(service));
    expect(new Set(granted)).toEqual(new Set(Object.keys(file.secrets)));
    expect(new Set(named.map((volume) => volume.split(":")[0]))).toEqual(new Set(Object.keys(file.volumes)));
  });

  it("mounts every file under /run/secrets that an environment names", () => {
    for (const [name, service] of Object.entries(file.services)) {
      const wanted = Object.values(service.environment ?? {}).filter((value) => value.startsWith("/run/secrets/"));
      for (const path of wanted) expect(secretsOf(service), name).toContain(path.slice("/run/secrets/".length));
    }
  });
});

describe("secrets", () => {
  const secretive = /PASSWORD|TOKEN|SECRET|CREDENTIAL|KEY$/;

  it("come from variables that have no default", () => {
    for (const [name, secret] of Object.entries(file.secrets)) {
      expect(secret, name).toEqual({ environment: expect.stringMatching(/^HEADWATER_\w+$/) });
    }
    const defaulted = [...composeText.matchAll(/\$\{(\w+):?-/g)].map((match) => match[1]);
    expect(defaulted.filter((name) => secretive.test(name ?? ""))).toEqual([]);
  });

  it("reach a container as a file, never as a value in its environment", () => {
    for (const [name, service] of Object.entries(file.services)) {
      for (const [key, value] of Object.entries(service.environment ?? {})) {
        if (secretive.test(key)) expect(value, `${name}: ${key}`).toMatch(/^\/run\/secrets\//);
      }
    }
    const source = parse(read("deploy/grafana/provisioning/datasources/influxdb.yaml")) as {
      datasources: { secureJsonData: object }[];
    };
    expect(source.datasources[0]?.secureJsonData).toEqual({ token: "$__file{/run/secrets/influx-token}" });
  });

  it("are given only to the services that use them", () => {
    expect(own.map(([name, service]) => [name, secretsOf(service)])).toEqual([
      ["gateway", ["admin-token"]],
      ["ingest", ["admin-token", "influx-token"]],
      ["rules", ["admin-token"]],
    ]);
  });

  it("can be read by the service's own user alone", () => {
    const users = { influxdb: "1000:1000", grafana: "472:0" } as Readonly<Record<string, string>>;
    for (const [name, service] of Object.entries(file.services)) {
      for (const { source, uid, gid, mode } of service.secrets ?? []) {
        expect([`${uid}:${gid}`, mode], `${source} of ${name}`).toEqual([users[name] ?? imageRecipe().user, "0400"]);
      }
    }
  });

  it("stay out of the image and of git", () => {
    expect(read(".dockerignore").split("\n")).toContain(".env");
    expect(read(".gitignore").split("\n")).toContain(".env");
  });
});

describe("images", () => {
  const recipe = imageRecipe();

  it("are pinned to a version", () => {
    const images = [...Object.values(file.services).map((service) => service.image), ...recipe.bases];
    expect(images.length).toBeGreaterThan(4);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+\.\d+[\w.-]*$/);
  });

  it("run the Node that package.json pins", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: { node: string } };
    expect(recipe.bases).toEqual([`node:${dependencies.node}-bookworm-slim`]);
  });

  it("are built in stages, the last of which is the one that compose.yaml takes and runs as a user other than root", () => {
    expect(recipe.stages.length).toBeGreaterThan(1);
    expect(new Set(own.map(([, service]) => service.build?.target))).toEqual(new Set([recipe.stages.at(-1)]));
    expect(recipe.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it("are started by the command line of npm start", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: { start: string } };
    // The script's process takes the place of its shell and watches npm; the image has neither.
    expect(`exec ${recipe.entrypoint.join(" ")} --stop-with $PPID`).toBe(scripts.start);
    expect(recipe.entrypoint.slice(-2)).toEqual(["cli/src/main.ts", "start"]);
  });

  it("carry the servers that the tests run against", () => {
    const kafka = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(
      read("scripts/servers/kafka-libs/pom.xml"),
    );
    const influx = /influxdb\/v2 v([\d.]+)/.exec(read("scripts/servers/influxd/go.mod"));
    expect(file.services["kafka"]?.image).toBe(`apache/kafka:${kafka?.[1]}`);
    expect(file.services["influxdb"]?.image).toBe(`influxdb:${influx?.[1]}`);
  });
});

describe("every service", () => {
  it.each(Object.entries(file.services))("%s restarts, reports its health, gives up privileges", (_name, service) => {
    expect(service.restart).toBe("unless-stopped");
    expect(service.healthcheck?.test[0]).toMatch(/^CMD/);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.user ?? "image's own").not.toMatch(/^(root|0)\b/);
  });

  it("publishes its ports on loopback unless told otherwise", () => {
    const ports = Object.values(file.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const opened = Object.values(composeFile({ HEADWATER_BIND: "0.0.0.0" }).services).flatMap(
      (each) => each.ports ?? [],
    );
    for (const port of opened) expect(port).toMatch(/^0\.0\.0\.0:/);
  });

  it("of Headwater publishes its HTTP, and tells clients where all of them are, also on other ports", () => {
    const moved = composeFile({ HEADWATER_PUBLISHED_RULES_PORT: "9081", HEADWATER_PUBLIC_HOST: "iot.example" });
    const urls = { HEADWATER_INGEST_URL: "8080", HEADWATER_RULES_URL: "9081", HEADWATER_GATEWAY_URL: "8082" };
    const published = ownServices(moved).flatMap(([, service]) => service.ports ?? []);
    for (const [name, { environment = {} }] of ownServices(moved)) {
      for (const [variable, port] of Object.entries(urls)) {
        expect(environment[variable], name).toBe(`http://iot.example:${port}`);
        expect(published).toContain(`127.0.0.1:${port}:8080`);
      }
    }
  });

  it("needs the engine that the file names, and a further one is described, since --scale cannot make it", () => {
    const usesStartInterval = Object.values(file.services).some(({ healthcheck }) => "start_interval" in healthcheck!);
    expect(usesStartInterval).toBe(true);
    expect(composeText).toContain("Docker Engine 25");
    expect(composeText).toContain("--scale");
  });

  it("waits for the health of what it needs to start", () => {
    for (const [name, service] of own) {
      const needed = Object.values(service.environment ?? {}).flatMap(
        (value) => /^(?:http:\/\/)?(\w+):\d+$/.exec(value)?.[1] ?? [],
      );
      expect(Object.keys(service.depends_on ?? {}).toSorted(), name).toEqual(needed.toSorted());
      for (const dependency of Object.values(service.depends_on ?? {}))
        expect(dependency.condition).toBe("service_healthy");
    }
  });

  it("of Headwater keeps its data in a volume of its own and has time to drain", () => {
    const volumes = own.map(([, service]) => service.volumes?.[0]);
    expect(new Set(volumes).size).toBe(own.length);
    for (const [name, service] of own) {
      expect(service.volumes?.[0]?.split(":")[1], name).toBe(service.environment?.["HEADWATER_DATA_DIR"]);
      expect(Number.parseInt(service.stop_grace_period ?? "0", 10), name).toBeGreaterThanOrEqual(30);
    }
  });
});
