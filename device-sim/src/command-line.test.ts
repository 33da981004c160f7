import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.ts";

describe("headwater sim's command line", () => {
  it("runs the built-in boiler against a local Headwater without any option", () => {
    expect(parseCommandLine([])).toMatchObject({
      series: undefined,
      samples: 600,
      devices: 1,
      speed: "max",
      url: "http://127.0.0.1:8080",
      mqtt: "mqtt://127.0.0.1:1883",
      tokenFile: undefined,
    });
  });

  it("takes addresses from the environment, and from options before it", () => {
    const env = { HEADWATER_URL: "http://there:1", HEADWATER_RULES_URL: "http://there:2" };
    expect(parseCommandLine([], env)).toMatchObject({ url: "http://there:1", rulesUrl: "http://there:2" });
    const args = ["--url", "http://here:1", "--rules-url", "http://here:2"];
    expect(parseCommandLine(args, env)).toMatchObject({ url: "http://here:1", rulesUrl: "http://here:2" });
  });

  it("takes a speed as a multiple of real time", () => {
    expect(parseCommandLine(["--speed", "1000", "--settle", "5"])).toMatchObject({ speed: 1000, settleMs: 5000 });
  });

  it("takes a version of MQTT for a series as for a fleet; without one a fleet's file says it", () => {
    const of = (...args: string[]) => {
      const line = parseCommandLine(args);
      return line === "help" ? line : [line.kind, line.mqttVersion];
    };
    expect(of()).toEqual(["replay", undefined]);
    expect(of("--mqtt-version", "3.1.1")).toEqual(["replay", "3.1.1"]);
    expect(of("--rate", "5/s", "--mqtt-version", "5")).toEqual(["fleet", 5]);
  });

  it.each([
    [["--speed", "fast"], /--speed takes a number/],
    [["--devices", "0"], /--devices takes a number from 1/],
    [["--nonsense"], /nonsense/],
    [["--mqtt-version", "4"], /--mqtt-version takes 3.1.1 or 5/],
  ])("refuses %j and says what to do", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });

  it.each(["--help", "-h"])("knows %s", (option) => {
    expect(parseCommandLine([option])).toBe("help");
  });
});
