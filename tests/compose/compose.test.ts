import { readFileSync } from "node:fs";
import { loadConfig } from "@headwater/service";
import { retentionInInflux, timeSeriesSettings } from "@headwater/time-series";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  checkout,
  composeFile,
  composeText,
  imageRecipe,
  oneShotServices,
  ownServices,
  type ComposeService,
} from "./compose-file.ts";

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

  it("has Kafka, InfluxDB, Grafana, Prometheus, the three services, and what makes tokens for two of them", () => {
    expect(Object.keys(file.services).toSorted()).toEqual([
      "gateway",
      "grafana",
      "influx-token-grafana",
      "influx-token-ingest",
      "influxdb",
      "ingest",
      "kafka",
      "prometheus",
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

describe("how long points are kept", () => {
  const names = ["RETENTION_DAYS", "MINUTE_DAYS", "HOUR_DAYS"].map((name) => `HEADWATER_TIME_SERIES_${name}`);

  it("is passed on to ingest, and to what makes its buckets and the tokens for them", () => {
    for (const service of ["ingest", "influx-token-ingest", "influx-token-grafana"]) {
      const { environment } = file.services[service]!;
      for (const name of names) expect([service, name, environment?.[name]]).toEqual([service, name, ""]);
    }
    for (const name of names) expect(composeText).toContain(`${name}: "\${${name}:-}"`);
  });

  it("is up to the bucket where nobody sets it", () => {
    const env = { ...Object.fromEntries(names.map((name) => [name, ""])), HEADWATER_TIME_SERIES: "influx" };
    expect(retentionInInflux(loadConfig(timeSeriesSettings, { env }).timeSeries)).toBeUndefined();
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
        if (secretive.test(key))
          expect(value, `${name}: ${key}`).toMatch(/^\/(run\/secrets|var\/lib\/headwater-tokens)\//);
      }
    }
    const source = parse(read("deploy/grafana/provisioning/datasources/influxdb.yaml")) as {
      datasources: { secureJsonData: object }[];
    };
    expect(source.datasources[0]?.secureJsonData).toEqual({
      token: "$__file{/var/lib/headwater-tokens/grafana/token}",
    });
  });

  it("are given only to the services that use them", () => {
    expect(own.map(([name, service]) => [name, secretsOf(service)])).toEqual([
      ["gateway", ["admin-token", "metrics-token"]],
      ["ingest", ["admin-token", "metrics-token"]],
      ["rules", ["admin-token", "metrics-token"]],
    ]);
    const holders = (secret: string): string[] =>
      Object.keys(file.services).filter((name) => secretsOf(file.services[name]!).includes(secret));
    expect(holders("influx-token").toSorted()).toEqual(["influx-token-grafana", "influx-token-ingest", "influxdb"]);
    expect(holders("metrics-token").toSorted()).toEqual(["gateway", "ingest", "prometheus", "rules"]);
  });

  it.each(oneShotServices(file))(
    "of InfluxDB: %s makes a token for one service, which alone can read it",
    (name, maker) => {
      const flag = (flagName: string): string => maker.command?.[maker.command.indexOf(flagName) + 1] ?? "";
      const [reader, access, path] = [flag("--name"), flag("--access"), flag("--file")];
      const consumer = file.services[reader];
      const users: Readonly<Record<string, string>> = { ingest: imageRecipe().user ?? "", grafana: "472:0" };
      expect(name).toBe(`influx-token-${reader}`);
      expect(access).toBe(reader === "ingest" ? "write" : "read");
      const folder = `/var/lib/headwater-tokens/${reader}`;
      expect(path).toBe(`${folder}/token`);
      expect(maker.volumes).toEqual([`${reader}-token:${folder}`]);
      expect(maker.user).toBe(users[reader]);
      expect(consumer?.volumes).toContain(`${reader}-token:${folder}:ro`);
      expect(consumer?.depends_on?.[name]).toEqual({ condition: "service_completed_successfully" });
      expect([maker.restart, maker.cap_drop]).toEqual(["no", ["ALL"]]);
      // The volume has the owner of the image's folder, which has to be there.
      expect(read("Dockerfile")).toMatch(new RegExp(`install .*--mode=0700 ${folder}\\b`));
      const holders = Object.entries(file.services).filter(([, { volumes = [] }]) =>
        volumes.some((volume) => volume.startsWith(`${reader}-token:`)),
      );
      expect(holders.map(([holder]) => holder).toSorted()).toEqual([reader, name].toSorted());
    },
  );

  it("can be read by the service's own user alone", () => {
    for (const [name, service] of Object.entries(file.services)) {
      // Grafana's image has this user of its own.
      const user = service.user ?? (name === "grafana" ? "472:0" : imageRecipe().user);
      for (const { source, uid, gid, mode } of service.secrets ?? []) {
        expect([`${uid}:${gid}`, mode], `${source} of ${name}`).toEqual([user, "0400"]);
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
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+\.\d+[\w.-]*$/);
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
    const [memory] = recipe.environment.filter((variable) => variable.startsWith("MALLOC_"));
    expect(`exec env ${memory} ${recipe.entrypoint.join(" ")} --stop-with $PPID`).toBe(scripts.start);
    expect(recipe.entrypoint.slice(-2)).toEqual(["cli/src/main.js", "start"]);
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
  const lasting = Object.entries(file.services).filter(([, { entrypoint }]) => entrypoint === undefined);

  it.each(lasting)("%s restarts, reports its health, gives up privileges", (_name, service) => {
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

  it("serves the page and all of the API on ingest's port: it passes on to the others inside of the network", () => {
    const { environment = {} } = file.services["ingest"]!;
    for (const name of ["rules", "gateway"]) {
      const address = new URL(String(environment[`HEADWATER_INGEST_${name.toUpperCase()}_URL`]));
      expect(address.hostname).toBe(name);
      expect(address.port).toBe(String(file.services[name]!.environment!["HEADWATER_HTTP_PORT"]));
    }
  });

  it("needs the engine that the file names", () => {
    const usesStartInterval = lasting.some(([, { healthcheck }]) => "start_interval" in healthcheck!);
    expect(usesStartInterval).toBe(true);
    expect(composeText).toContain("Docker Engine 25");
  });

  it("of Headwater has a fixed name, so that Compose refuses to scale it onto one volume and one port", () => {
    for (const [name, service] of own) expect(service.container_name).toBe(`headwater-${name}-1`);
    const other = composeFile({ COMPOSE_PROJECT_NAME: "trial" });
    for (const [name, service] of ownServices(other)) expect(service.container_name).toBe(`trial-${name}-1`);
    expect(composeText).toContain("--scale");
  });

  it("waits for the health of what it needs to start", () => {
    for (const [name, service] of own) {
      const needed = Object.values(service.environment ?? {}).flatMap(
        (value) => /^(?:http:\/\/)?(\w+):\d+$/.exec(value)?.[1] ?? [],
      );
      // To the other services ingest only passes on what is asked of them: it says so while they are away.
      const outside = needed.filter((each) => !own.some(([other]) => other === each));
      const healthy = Object.entries(service.depends_on ?? {}).filter(
        ([, each]) => each.condition === "service_healthy",
      );
      expect(healthy.map(([needs]) => needs).toSorted(), name).toEqual(outside.toSorted());
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
