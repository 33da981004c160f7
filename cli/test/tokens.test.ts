import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "./platform.ts";
import { runCli } from "./run-cli.ts";

let platform: Platform;
let env: Record<string, string>;

beforeAll(async () => {
  platform = await startPlatform();
  ({ env } = platform);
});
afterAll(() => platform.stop());

it("makes a token for a file of this user alone, lists it, uses it and revokes it", async () => {
  const file = join(platform.folder, "grafana.token");
  const scopes = ["--scope", "viewer", "--scope", "commands:write"];
  const made = await runCli(["tokens", "create", "grafana", ...scopes, "--expires-in", "90d", "--file", file], env);
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(made.out).toMatch(/grafana\.token: the token grafana, until \d{4}-/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(made.out).not.toContain(readFileSync(file, "utf8").trim());

  const who = await runCli(["tokens", "whoami", "--token-file", file], env);
  expect(who.out).toMatch(/^grafana, until .*: .*devices:read.*commands:write/);
  const listed = await runCli(["tokens", "list"], env);
  expect(listed.out).toMatch(/^grafana +viewer,commands:write +until \S+ +(\S+Z|never used) +made \S+ by admin\n$/);
  const refused = await runCli(["tokens", "list", "--token-file", file], env);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("access:read");

  expect((await runCli(["tokens", "revoke", "grafana"], env)).out).toBe("grafana is revoked\n");
  const after = await runCli(["tokens", "whoami", "--token-file", file], env);
  expect([after.code, after.out]).toEqual([1, ""]);
});

it.each([
  [["create", "x"], /--scope viewer/],
  [["create", "x", "--scope", "vewer"], /viewer/],
  [["list", "x"], /no names/],
  [["revoke", "x", "--scope", "viewer"], /of create/],
])("says what is wrong with %j", async (args, message) => {
  const { code, err } = await runCli(["tokens", ...args], env);
  expect(code).toBe(1);
  expect(err).toMatch(message);
});
