import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "./platform.ts";
import { runCli } from "./run-cli.ts";

let platform: Platform;
let env: Record<string, string>;

beforeAll(async () => {
  platform = await startPlatform({ HEADWATER_TIME_SERIES_RETENTION_DAYS: "30" });
  ({ env } = platform);
  const { api } = platform;
  await api.call("POST", "/api/v1/devices", { body: { id: "boiler" } });
});
afterAll(() => platform.stop());

const query = (...args: string[]) => runCli(["query", "temperature", "--device", "boiler", ...args], env);
const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

it("says on standard error what of a range is no longer kept as points, and nothing where all of it is", async () => {
  expect(await query("--from", "-7d")).toMatchObject({ code: 0, err: "" });
  const points = await query("--from", "-60d");
  expect(points.code).toBe(0);
  expect(points.err).toMatch(
    new RegExp(`^not all of this range is kept as points; the answer has points from ${time} to ${time}\n$`),
  );
  const hours = await query("--from", "-3y", "--window", "1d", "--aggregate", "mean", "--format", "ndjson");
  expect(hours.err).toMatch(
    new RegExp(`the answer has one value an hour from ${time} to ${time}, (one value a minute from .*, )?points from`),
  );
  expect(hours.out).toBe("");
  const gone = await query("--from", "-60d", "--to", "-50d");
  expect(gone).toMatchObject({ code: 0, err: "not all of this range is kept as points; the answer has nothing\n" });
});

it("leaves that to the answer itself in JSON", async () => {
  const { out, err } = await query("--from", "-60d", "--format", "json");
  expect(err).not.toContain("kept as points");
  expect((JSON.parse(out) as { classes: object[] }).classes).toMatchObject([{ class: "raw" }]);
});
