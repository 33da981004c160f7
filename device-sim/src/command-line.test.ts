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
      tokenFile: "data/admin-token",
    });
  });

  it("takes a speed as a multiple of real time", () => {
    expect(parseCommandLine(["--speed", "1000", "--settle", "5"])).toMatchObject({ speed: 1000, settleMs: 5000 });
  });

  it.each([
    [["--speed", "fast"], /--speed takes a number/],
    [["--devices", "0"], /--devices takes a number from 1/],
    [["--nonsense"], /nonsense/],
  ])("refuses %j and says what to do", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });

  it("knows --help", () => {
    expect(parseCommandLine(["--help"])).toBe("help");
  });
});
