import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { publishedSchema } from "./published-schema.ts";
import { readFleet } from "./read-fleet.ts";

const gallery = join(import.meta.dirname, "../../fleets");
const scenarios = join(import.meta.dirname, "../../scenarios");
const filesOf = (where: string): string[] =>
  readdirSync(where)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(where, name));

describe("the gallery", () => {
  it.each(filesOf(gallery))("has %s in order", (file) => {
    const { devices, expect: expected } = readFleet(file);
    expect(devices).toBeGreaterThan(0);
    expect(Object.keys(expected).length).toBeGreaterThan(0);
  });

  it("has eight fleets at least", () => {
    expect(filesOf(gallery).length).toBeGreaterThanOrEqual(8);
  });
});

describe("the published schema", () => {
  const file = join(gallery, "schema.json");
  const published = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;

  it("is what fleets are validated by", () => {
    // As `headwater sim schema` prints it, and `npm run format` leaves it.
    expect(published).toEqual(publishedSchema());
  });

  it.each([...filesOf(gallery), ...filesOf(scenarios)])("takes %s, which names it for editors", (fleetFile) => {
    const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(published);
    const text = readFileSync(fleetFile, "utf8");
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1];
    expect(named && resolve(dirname(fleetFile), named)).toBe(file);
  });

  it("refuses a key that is unknown", () => {
    const validate = new Ajv().compile(published);
    expect(validate({ profiles: { a: { devices: 1, rates: "1/s" } } })).toBe(false);
  });
});
