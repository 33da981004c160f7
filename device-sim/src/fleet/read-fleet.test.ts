import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SimulationError } from "../errors.ts";
import { readFleet } from "./read-fleet.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "headwater-fleet-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function fleet(text: string): string {
  const file = join(folder, "fleet.yaml");
  writeFileSync(file, text);
  return file;
}

const boiler = (more: string): string => `profiles:\n  boiler:\n    devices: 2\n${more}`;

describe("a fleet's file", () => {
  it("says all that devices do", () => {
    const read = readFleet(
      fleet(`
name: plant
seed: 5
duration: 2m
devices: 100
load: { rate: 500/s, ramp: 10s, bursts: { every: 30s, for: 5s, times: 4 }, connects: 50/s }
profiles:
  boiler:
    share: 80%
    qos: { 1: 90%, 2: 10% }
    delivery: { late: 5%, lateBy: 1s..10m, missing: 0.01, storeAndForward: { every: 1m, for: 20s, order: newest-first } }
    clock: { skew: -2s..2s, drift: 100, jump: { at: 30s, by: 1h } }
    connection: { cleanSession: true, cut: { every: 10s..20s } }
  sleeper: { share: 20%, rate: 1/10s, connection: { sleep: { every: 1h, awake: 10s } } }
`),
    );
    expect(read).toMatchObject({ name: "plant", seed: 5, duration: 120_000, devices: 100 });
    expect(read.load).toEqual({
      ramp: 10_000,
      bursts: { every: 30_000, for: 5_000, times: 4 },
      connects: 50,
      storms: undefined,
    });
    const [first, second] = read.profiles;
    expect(first).toMatchObject({
      devices: 80,
      rate: 5,
      qos: [0, 0.9, 0.1],
      delivery: { late: 0.05, lateBy: { from: 1_000, to: 600_000 }, missing: 0.01, keep: { isNewestFirst: true } },
      clock: { skew: { from: -2_000, to: 2_000 }, drift: 100, jumpAt: 30_000 },
    });
    expect(second).toMatchObject({
      devices: 20,
      rate: 0.1,
      connection: { sleep: { every: 3_600_000, awake: 10_000 } },
    });
  });

  it.each([
    [
      "a key that is unknown",
      boiler("    rates: 5/s\n"),
      4,
      /profiles\.boiler\.rates: there is no `rates` here; known are devices, share,/,
    ],
    [
      "one at the top",
      "durration: 1s\nprofiles: { a: { devices: 1 } }\n",
      1,
      /durration: there is no `durration` here; known are name,/,
    ],
    [
      "one within a signal",
      boiler("    metrics:\n      t: { shape: sine, mean: 1, amplitude: 2, periode: 5s }\n"),
      5,
      /periode|period/,
    ],
    [
      "a shape that is none",
      boiler("    metrics:\n      t: { shape: sinus }\n"),
      5,
      /a signal has a `shape` of constant, sine,/,
    ],
    ["a negative rate", boiler("    rate: -5/s\n"), 4, /profiles\.boiler\.rate: "-5\/s" is no rate; write 5000\/s/],
    [
      "a negative count",
      "profiles:\n  a: { devices: -1 }\n",
      2,
      /profiles\.a\.devices: .*greater or equal to 1, not -1/,
    ],
    [
      "a length without a unit",
      "duration: '60'\nprofiles: { a: { devices: 1 } }\n",
      1,
      /duration: "60" is no length of time/,
    ],
    ["a share beyond all", boiler("    delivery:\n      late: 120%\n"), 5, /"120%" is no share; write 5% or 0\.05/],
    ["shares of QoS that are not all", boiler("    qos: { 0: 10%, 1: 20% }\n"), 4, /add up to 30 %/],
    [
      "a series that is missing",
      boiler("    metrics:\n      t: { shape: recorded, file: absent.csv }\n"),
      5,
      /absent\.csv cannot be read/,
    ],
    [
      "a metric that is called as the number of messages",
      boiler("    metrics:\n      seq: { shape: constant, value: 1 }\n"),
      5,
      /numbers the messages of a device; name it otherwise/,
    ],
    [
      "a percentile of what is not measured",
      boiler("expect:\n  p99: { command: 1s }\n"),
      5,
      /there is no `command` here/,
    ],
    ["no profile", "name: x\n", 1, /profiles: is missing/],
    ["devices that nobody says", "profiles:\n  a: { share: 50% }\n", 2, /needs `devices`/],
    [
      "an alert of a metric that nobody has",
      boiler("expect:\n  alerts:\n    - { rule: r, metric: x, above: 1 }\n"),
      6,
      /no profile has the metric "x"/,
    ],
    ["no YAML", "profiles: [\n", 2, /not valid YAML/],
    ["a list", "- 1\n", 1, /a fleet is a mapping/],
  ])("with %s is refused with line and remedy", (_what, text, line, message) => {
    const read = (): unknown => readFleet(fleet(text));
    expect(read).toThrow(SimulationError);
    expect(read).toThrow(message);
    expect(read).toThrow(`fleet.yaml:${line}:`);
  });

  it("that is missing is named", () => {
    expect(() => readFleet(join(folder, "absent.yaml"))).toThrow(/the fleet .*absent\.yaml cannot be read/);
  });
});

const gallery = join(import.meta.dirname, "../../fleets");

describe("the gallery", () => {
  it.each(readdirSync(gallery))("has %s in order", (file) => {
    const { devices, expect: expected } = readFleet(join(gallery, file));
    expect(devices).toBeGreaterThan(0);
    expect(Object.keys(expected).length).toBeGreaterThan(0);
  });

  it("has six fleets at least", () => {
    expect(readdirSync(gallery).length).toBeGreaterThanOrEqual(6);
  });
});
