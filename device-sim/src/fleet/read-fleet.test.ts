import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

/** Nine times nine, eight times over. */
const bomb = `a: &a [${"x,".repeat(9)}]\n${"bcdefghi"
  .split("")
  .map((name, i) => `${name}: &${name} [${`*${"abcdefgh"[i]!},`.repeat(9)}]\n`)
  .join("")}`;

describe("a fleet's file", () => {
  it("says all that devices do", () => {
    const read = readFleet(
      fleet(`
name: plant
seed: 5
duration: 2m
devices: 100
load: { rate: 500/s, ramp: 10s, warmUp: 15s, bursts: { every: 30s, for: 5s, times: 4 }, connects: 50/s }
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
      warmUp: 15_000,
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
    [
      "a warm-up behind which nothing is measured",
      "duration: 5s\nload: { warmUp: 5s }\nprofiles: { a: { devices: 1 } }\n",
      2,
      /load\.warmUp: lasts as long as the whole fleet/,
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
    ["a percentile of what is not measured", boiler("expect:\n  p99: { reply: 1s }\n"), 5, /there is no `reply` here/],
    [
      "a percentile of commands that nobody expects",
      boiler("expect:\n  p99: { command: 1s }\n"),
      5,
      /p99\.command: .*`expect\.commands`/,
    ],
    [
      "a command by values of a metric that nobody has",
      boiler("expect:\n  commands:\n    - { name: shut, metric: x, above: 1 }\n"),
      6,
      /commands\.0\.metric: no profile has the metric "x"/,
    ],
    [
      "devices behind one that is no edge node",
      boiler("    edgeDevices: 2\n"),
      4,
      /edgeDevices: no device stands behind one of json; .*`format: sparkplug`/,
    ],
    [
      "a topic of an edge node's own",
      boiler("    format: sparkplug\n    topic: a/{id}\n"),
      5,
      /topic: Sparkplug says the topics/,
    ],
    [
      "a metric that is a control of Sparkplug",
      boiler("    format: sparkplug\n    metrics:\n      bdSeq: { shape: constant, value: 1 }\n"),
      6,
      /bdSeq: this name means something else in Sparkplug/,
    ],
    ["no profile", "name: x\n", 1, /profiles: is missing/],
    ["devices that nobody says", "profiles:\n  a: { share: 50% }\n", 2, /needs `devices`/],
    [
      "an alert of a metric that nobody has",
      boiler("expect:\n  alerts:\n    - { rule: r, metric: x, above: 1 }\n"),
      6,
      /no profile has the metric "x"/,
    ],
    ["NaN", "profiles:\n  a: { devices: .nan }\n", 2, /expected integer, not NaN/],
    [
      "an endless value",
      boiler("    metrics:\n      t: { shape: constant, value: .inf }\n"),
      5,
      /number, string or boolean/,
    ],
    ["a billion devices", "devices: 1e9\nprofiles: { a: {} }\n", 1, /less or equal to 1000000/],
    [
      "a million devices in each profile",
      "profiles:\n  a: { devices: 1000000 }\n  b: { devices: 1000000 }\n",
      1,
      /2000000 devices together; 1000000 are the most/,
    ],
    ["a rate that nothing has", boiler("    rate: 9999999/s\n"), 1, /19999998 messages a second/],
    ["bursts beyond it", `load: { bursts: { every: 2s, for: 1s, times: 1e308 } }\n${boiler("")}`, 1, /1000000/],
    [
      "an anchor within itself",
      "profiles: &p\n  a: { devices: 1, tags: *p }\n",
      2,
      /tags\.a: expected string, not a mapp/,
    ],
    ["an alias of nothing", "profiles:\n  a: *nothing\n", 1, /Unresolved alias .*write out/],
    ["aliases that unfold without end", bomb, 1, /resource exhaustion.*write out/],
    ["nesting without end", `profiles: ${"[".repeat(5_000)}`, 1, /not valid YAML/],
    [
      "a sleeper that never sleeps",
      boiler("    connection: { sleep: { every: 1s, awake: 5s } }\n"),
      4,
      /5s is not shorter/,
    ],
    [
      "a store that never forwards",
      boiler("    delivery: { storeAndForward: { every: 1s, for: 1s } }\n"),
      4,
      /shorter/,
    ],
    [
      "a sensor that is always stuck",
      boiler("    metrics:\n      t: { shape: constant, value: 1, stuck: { every: 1s, for: 2s } }\n"),
      5,
      /shorter/,
    ],
    [
      "a walk between bounds that cross",
      boiler("    metrics:\n      t: { shape: walk, start: 1, step: 1, min: 5, max: 1 }\n"),
      5,
      /greater than `max`/,
    ],
    [
      "numbers beyond all numbers",
      boiler("    metrics:\n      t: { shape: sine, mean: 1e308, amplitude: 1e308, period: 1s }\n"),
      5,
      /1e\+100/,
    ],
    ["a clock that runs at no pace", boiler("    clock: { drift: 1e300 }\n"), 4, /drift: .*1000000/],
    ["a topic that MQTT cannot say", boiler(`    topic: ${"x".repeat(70_000)}\n`), 4, /65000 bytes/],
    [
      "a fault behind the end",
      `duration: 1s\nhops: { mqtt: {} }\nfaults: [{ at: 5s, hop: mqtt, do: cut }]\n${boiler("")}`,
      3,
      /5s lies behind/,
    ],
    [
      "an alert that clears where it raises",
      boiler(
        "    metrics: { t: { shape: constant, value: 1 } }\nexpect:\n  alerts:\n    - { rule: r, metric: t, above: 1, clearBelow: 5 }\n",
      ),
      7,
      /clearBelow: belongs to `above`/,
    ],
    [
      "a profile whose name is none, unchecked otherwise",
      "profiles:\n  a: { devices: 1 }\n  a/b: { devices: -5, rats: 1 }\n",
      3,
      /"a\/b" is no name here; a name matches/,
    ],
    ["a name without end", `profiles:\n  ${"a".repeat(101)}: { devices: 1 }\n`, 2, /is no name here/],
    ["a hop whose name is none", `hops: { "a b": 5 }\n${boiler("")}`, 1, /"a b" is no name here/],
    ["a metric of two lines, unchecked otherwise", boiler('    metrics:\n      "a\\nb": 5\n'), 5, /has a `shape`/],
    ["a quality of service that is none", boiler("    qos: { 3: 100% }\n"), 4, /0, 1 or 2, or a mix/],
    ["a key twice", boiler("    rate: 1/s\n    rate: 2/s\n"), 5, /`rate` is here twice; leave one of them out/],
    [
      "an alert of what every object has",
      `expect: { alerts: [{ rule: r, metric: toString, above: 1 }] }\n${boiler("    metrics: { t: { shape: constant, value: 1 } }\n")}`,
      1,
      /no profile has the metric "toString"/,
    ],
    ["a run of weeks that no timer measures", `duration: 40d\n${boiler("")}`, 1, /40d is longer than 24d/],
    ["no YAML", "profiles: [\n", 2, /not valid YAML/],
    ["a list", "- 1\n", 1, /a fleet is a mapping/],
  ])("with %s is refused with line and remedy", (_what, text, line, message) => {
    const read = (): unknown => readFleet(fleet(text));
    expect(read).toThrow(SimulationError);
    expect(read).toThrow(message);
    expect(read).toThrow(`fleet.yaml:${line}:`);
  });

  it("is taken with a byte order mark, with CRLF, and with anchors", () => {
    const text = "\uFEFFprofiles:\r\n  a: &a\r\n    devices: 2\r\n  b: *a\r\n";
    expect(readFleet(fleet(text)).profiles.map(({ name, devices }) => [name, devices])).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
  });

  it.each([
    ["UTF-16", Buffer.from("\uFEFFprofiles: { a: { devices: 1 } }", "utf16le")],
    ["Latin-1", Buffer.from("description: caf\xe9\nprofiles: { a: { devices: 1 } }", "latin1")],
  ])("in %s is refused with a remedy", (_what, bytes) => {
    const file = join(folder, "other.yaml");
    writeFileSync(file, bytes);
    expect(() => readFleet(file)).toThrow(/other\.yaml is no text in UTF-8; save it as UTF-8/);
  });

  it("that never ends, and a series that never ends, are not read to their end", () => {
    expect(() => readFleet("/dev/zero")).toThrow(/the fleet \/dev\/zero is longer than/);
    const endless = "    metrics:\n      t: { shape: recorded, file: /dev/zero }\n";
    expect(() => readFleet(fleet(boiler(endless)))).toThrow(/fleet\.yaml:5: .*\/dev\/zero is longer than/);
    expect(() => readFleet(folder)).toThrow(/it is a folder/);
  });

  it("of a megabyte of keys is read in the time that its length takes", () => {
    const tags = Array.from({ length: 60_000 }, (_, i) => `k${i}: v`).join(", ");
    expect(readFleet(fleet(boiler(`    tags: { ${tags} }\n`))).devices).toBe(2);
  });

  it("that is missing is named", () => {
    expect(() => readFleet(join(folder, "absent.yaml"))).toThrow(/the fleet .*absent\.yaml cannot be read/);
  });
});
