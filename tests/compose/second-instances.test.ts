import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkout, composeFile, ownServices, secondText, withSecond } from "./compose-file.ts";

const own = ownServices(composeFile());
const read = (path: string): string => readFileSync(new URL(path, checkout), "utf8");

describe("compose.second.yaml", () => {
  const both = withSecond();
  const instances = ownServices(both);

  it("adds one of each to what is there, valid by the schema", () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(JSON.parse(read("tests/compose/compose-spec.json")) as object);
    validate(both);
    expect(validate.errors).toBeNull();
    expect(instances.map(([name]) => name).toSorted()).toEqual(own.flatMap(([name]) => [name, `${name}-2`]).toSorted());
    for (const [name, service] of own) expect(both.services[`${name}-2`]?.command).toEqual(service.command);
  });

  it("gives each a name, ports and a volume of its own, each gateway an id, and all to Prometheus", () => {
    const distinct = (values: readonly (string | undefined)[]): void => {
      expect(values).not.toContain(undefined);
      expect(new Set(values).size).toBe(values.length);
    };
    distinct(instances.map(([, { container_name }]) => container_name));
    distinct(Object.values(both.services).flatMap(({ ports = [] }) => ports.map((port) => port.split(":").at(-2))));
    distinct(instances.map(([, { volumes = [] }]) => volumes.find((volume) => volume.endsWith(":/var/lib/headwater"))));
    const gateways = instances.filter(([, { command }]) => command?.[0] === "gateway");
    distinct(gateways.map(([, { environment }]) => environment?.["HEADWATER_GATEWAY_ID"]));
    const named = instances.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0]!));
    for (const volume of named) expect(Object.keys(both.volumes)).toContain(volume);
    const scraped = (both.services["prometheus"]?.volumes ?? []).flatMap((volume) => {
      const [here = "", there = ""] = volume.split(":");
      if (!there.startsWith("/etc/headwater/prometheus/targets/")) return [];
      return (parse(read(here)) as { targets: string[] }[]).flatMap(({ targets }) => targets);
    });
    expect(scraped.toSorted()).toEqual(instances.map(([name]) => `${name}:8080`).toSorted());
  });

  it("replaces the lists of what it extends, which Compose would otherwise join", () => {
    const lists = [...secondText.matchAll(/^    (ports|volumes):(.*)$/gm)].map(([, , rest]) => rest?.trim());
    // The last one is Prometheus's, which gets one more.
    expect(lists.slice(0, -1).every((tag) => tag === "!override")).toBe(true);
    expect(lists.at(-1)).toBe("");
  });
});
