import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Fleet, fleetOf } from "../fleet/fleet.ts";
import type { FleetSpec } from "../fleet/fleet-schema.ts";
import { readFleet } from "../fleet/read-fleet.ts";
import { Scenario } from "./scenario.ts";

const profiles = { a: { devices: 1 } };
const now = (): number => performance.timeOrigin + performance.now();

function fleet(spec: Partial<FleetSpec>): Fleet {
  return fleetOf({ profiles, ...spec }, import.meta.dirname);
}

/** Says which of its lives this is, by a file in its folder. */
const counting = `
const fs = require("node:fs"), file = process.env.FOLDER + "/lives";
fs.appendFileSync(file, "x");
console.log("life " + fs.readFileSync(file, "utf8").length + " at " + process.env.PORT);
setInterval(() => {}, 1000);`;
const env = { FOLDER: "{folder}", PORT: "{port:own}" };

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a scenario", () => {
  it("kills, stops and restarts its processes, and they go on in their folder", async () => {
    const lives = { command: ["node", "-e", counting], env, ready: "life" };
    const planned = fleet({
      processes: { lives },
      faults: [
        { at: "10ms", process: "lives", do: "kill" },
        { at: "20ms", process: "lives", do: "restart", for: "10ms" },
        { at: "30ms", process: "lives", do: "stop", for: "10ms" },
      ],
    });
    const scenario = await Scenario.of(planned);
    try {
      await scenario.start("mqtt://127.0.0.1:1");
      scenario.inject(now(), planned.faults);
      await until(() => scenario.injected.length === 3);
      const outcome = await scenario.outcome();
      expect(outcome.filter(({ holds }) => !holds)).toEqual([]);
      expect(scenario.injected.map(({ text }) => text)).toEqual([
        "lives: kill",
        "lives: restart for 10ms",
        "lives: stop for 10ms",
      ]);
    } finally {
      await scenario.end();
    }
  });

  it("keeps Ctrl-C at a terminal from its processes, and heeds it before they are ready", async () => {
    const group = "require('fs').readFileSync('/proc/self/stat', 'utf8').split(' ')[4]";
    const own = `require('fs').writeFileSync(process.env.FILE, ${group} + ' ' + process.pid)`;
    const stays = `console.log('ready'); setInterval(() => {}, 1000)`;
    const planned = fleet({
      processes: {
        platform: { command: ["node", "-e", `${own}; ${stays}`], env: { FILE: "{folder}/group" }, ready: "ready" },
        endless: { command: ["node", "-e", "setInterval(() => {}, 1000)"], ready: "never said" },
      },
    });
    const scenario = await Scenario.of(planned);
    const stop = new AbortController();
    try {
      const starting = scenario.start("mqtt://127.0.0.1:1", stop.signal);
      const file = scenario.within("{folder}/group");
      await until(() => existsSync(file) && /\d \d/.test(readFileSync(file, "utf8")));
      stop.abort();
      await expect(starting).rejects.toThrow(/interrupted before the process (platform|endless) was ready/);
      const [processGroup, pid] = readFileSync(file, "utf8").split(" ");
      expect(processGroup).toBe(pid);
    } finally {
      await scenario.end();
    }
  });

  it("says so when a process ends by itself, and when a fault was not made", async () => {
    // It ends once there is a file, not after a time in which a busy machine has not heard that it is ready.
    const script = `console.log("ready");
      setInterval(() => require("node:fs").existsSync(process.env.END) && process.exit(3), 10);`;
    const short = { command: ["node", "-e", script], env: { END: "{folder}/end" }, ready: "ready" };
    const planned = fleet({
      duration: "2h",
      processes: { short },
      hops: { mqtt: {} },
      faults: [{ at: "1h", hop: "mqtt", do: "cut" }],
    });
    const scenario = await Scenario.of(planned);
    try {
      await scenario.start("mqtt://127.0.0.1:1");
      expect(new URL(scenario.mqttUrl("mqtt://127.0.0.1:1")).port).not.toBe("1");
      scenario.inject(now(), planned.faults);
      writeFileSync(scenario.within("{folder}/end"), "");
      await until(() => scenario.hasEnded("short"));
      const broken = (await scenario.outcome()).filter(({ holds }) => !holds);
      expect(broken.map(({ name, found }) => [name, found])).toEqual([
        ["faults", "0 made"],
        ["process short", "it ended with code 3"],
      ]);
    } finally {
      await scenario.end();
    }
  });

  it("does not begin without its processes", async () => {
    const planned = fleet({
      processes: { bad: { command: ["node", "-e", "console.log('no'); process.exit(2)"], ready: "yes" } },
    });
    const scenario = await Scenario.of(planned);
    await expect(scenario.start("mqtt://127.0.0.1:1")).rejects.toThrow(/bad does not start: it ended with code 2\nno/);
    await scenario.end();
  });
});

describe("the faults of a fleet", () => {
  it.each([
    ["nobody's", { at: "1s", do: "kill" }, "done to a process"],
    ["an unknown process", { at: "1s", do: "kill", process: "x" }, 'no process "x"'],
    ["an unknown hop", { at: "1s", do: "cut", hop: "x" }, 'no hop "x"'],
    ["of a process what is a hop's", { at: "1s", do: "delay", process: "p" }, "done to a hop"],
    ["a delay of nothing", { at: "1s", do: "delay", hop: "mqtt", for: "1s" }, "needs `by`"],
    ["a delay for ever", { at: "1s", do: "delay", hop: "mqtt", by: "1s" }, "needs `for`"],
    ["a cut of bits", { at: "1s", do: "cut", hop: "mqtt", bits: 3 }, "is of flip"],
  ] as const)("cannot be %s", (_, fault, message) => {
    const processes = { p: { command: ["node"] } };
    expect(() => fleet({ processes, hops: { mqtt: {} }, faults: [fault] })).toThrow(message);
  });

  it("are those of a gallery of eight", () => {
    const gallery = join(import.meta.dirname, "../../scenarios");
    const files = readdirSync(gallery);
    expect(files).toHaveLength(8);
    for (const file of files) expect(readFleet(join(gallery, file)).faults.length).toBeGreaterThan(0);
  });
});
