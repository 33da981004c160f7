import { describe, expect, it } from "vitest";
import { runCli, runCliProcess } from "./run-cli.ts";

describe("the command line", () => {
  it.each([
    [["-h"], /headwater <command>/],
    [["help"], /headwater <command>/],
    [["help", "start"], /headwater start \[gateway\|ingest\|rules\]/],
    [["start", "gateway", "--help"], /headwater start \[gateway\|ingest\|rules\]/],
    [["start", "-h"], /headwater start/],
    [["sim", "-h"], /headwater sim/],
    [["ledger", "-h"], /HEADWATER_TOKEN/],
    [["gateway", "-h"], /headwater gateway inspect/],
    [["rules", "-h"], /headwater rules: rules as files/],
    [["alerts", "-h"], /headwater alerts: what rules raised/],
    [["config", "-h"], /headwater config/],
    [["--version"], /^headwater \d+\.\d+\.\d+\n$/],
    [["-v"], /^headwater \d+\.\d+\.\d+\n$/],
  ])("%j answers on standard output, exit code 0", async (args, text) => {
    const { code, out, err } = await runCli(args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(text);
  });

  it.each([
    [["strat"], /did you mean start\?/],
    [["start", "gatway"], /did you mean gateway\?/],
    [["start", "ingest", "rules"], /no service ingest rules/],
    [["start", "--stop-with", "npm"], /--stop-with takes the number/],
    [["gateway", "inpsect"], /did you mean inspect\?/],
    [["ledger", "--verfy"], /did you mean --verify\?.*headwater ledger --help/],
    [["sim", "--speed", "quick"], /--speed takes a number/],
    [["sim", "--device", "3"], /did you mean --devices\?.*headwater sim --help/],
    [["config", "MQTT_PROT"], /did you mean HEADWATER_MQTT_PORT\?/],
    [["config", "--efective"], /did you mean --effective\?/],
  ])("%j: one line that names what was probably meant, exit code 1", async (args, text) => {
    const { code, out, err } = await runCli(args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toMatch(text);
  });
});

describe("the process of the command line", () => {
  it("prints and ends as its command does", async () => {
    expect(await runCliProcess(["--version"])).toEqual(await runCli(["--version"]));
    expect(await runCliProcess(["strat"])).toEqual(await runCli(["strat"]));
    const env = { HEADWATER_HTTP_PORT: "many" };
    expect(await runCliProcess(["config", "--effective"], env)).toEqual({
      ...{ code: 1, out: "" },
      err: expect.stringMatching(/^HEADWATER_HTTP_PORT in the environment .*\n$/),
    });
  });
});
