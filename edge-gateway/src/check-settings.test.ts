import { describeConfig, loadConfig } from "@headwater/service";
import { describe, expect, it } from "vitest";
import { checkSettings } from "./check-settings.ts";
import { gatewayConfig } from "./config.ts";

const lists = ["HEADWATER_ROUTES", "HEADWATER_ACL", "HEADWATER_BRIDGES", "HEADWATER_JWT_ISSUERS"] as const;
const reference = describeConfig(gatewayConfig);
const check = (variable: string, value: string): void =>
  checkSettings(loadConfig(gatewayConfig, { env: { [variable]: value } }));

describe.each(lists)("%s in the reference of settings", (variable) => {
  const example = new RegExp(`^${variable}='(.*)'$`, "m").exec(reference)?.[1];

  it("has an example that is accepted as it stands", () => {
    expect(example).toBeDefined();
    expect(() => check(variable, example!)).not.toThrow();
  });

  it("tells of every field of its items what it is", () => {
    const from = reference.indexOf(`\`${variable}\` as JSON:`);
    const table = reference.slice(from, reference.indexOf("```", from));
    const rows = table.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(row).toMatch(/^\| `[a-zA-Z.[\]]+` \| [^|]+ \| (?:yes)? *\| [^|]+ \|$|one of/);
    for (const field of Object.keys(JSON.parse(example!)[0] as object)) expect(table).toContain(`| \`${field}\` |`);
  });
});

it.each([
  [
    "HEADWATER_ROUTES",
    '[{"profile":"tasmota"},{"topic":"a/b","decoder":"json"}]',
    "routes[1]: nothing says the device",
  ],
  ["HEADWATER_ROUTES", '[{"topic":"a/{x}{y}","decoder":"json","device":"{x}"}]', "routes"],
  ["HEADWATER_ROUTES", '[{"topic":"a/+","decoder":"json","device":".."}]', 'routes[0]: device ".." makes no id'],
  ["HEADWATER_ROUTES", '[{"topic":"a/{x}","decoder":"json","device":"$a:{x}"}]', "may not begin with '$'"],
  ["HEADWATER_ROUTES", '[{"topic":"a/{x}","decoder":"json","device":"{x} "}]', "may not begin or end with white space"],
  [
    "HEADWATER_ROUTES",
    `[{"profile":"tasmota","device":"${"y".repeat(128)}{device}"}]`,
    "has at most 128 characters; this one has 129",
  ],
  [
    "HEADWATER_BRIDGES",
    '[{"name":"b","url":"mqtt://x","subscriptions":[{"filter":"a"}],"routes":[{"topic":"a/+","decoder":"json","device":" x"}]}]',
    'bridges[0] (b): routes[0]: device " x" makes no id',
  ],
  ["HEADWATER_ACL", '[{"publish":["a/#/b"]}]', "acl[0].publish[0]"],
  ["HEADWATER_BRIDGES", '[{"name":"b","url":"http://x","subscriptions":[{"filter":"a"}]}]', "bridges[0] (b)"],
  ["HEADWATER_JWT_ISSUERS", '[{"issuer":"i","keys":"http://x/keys"}]', "jwtIssuers[0]"],
])("a wrong %s is refused, with its place in the list: %s", (variable, value, message) => {
  expect(() => check(variable, value)).toThrow(message);
});
