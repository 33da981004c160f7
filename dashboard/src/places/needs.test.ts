import { expect, it } from "vitest";
import { needsOf } from "./needs.ts";

it.each([
  ["/", ["devices:read"]],
  ["/?view=map", ["devices:read"]],
  ["/devices/boiler-1", ["devices:read"]],
  ["/connect?first", ["devices:write"]],
  ["/boards/new", ["boards:read"]],
  ["/alerts?rule=hot", ["alerts:read"]],
  ["/rules/hot", ["rules:read"]],
  ["/quarantine/a%2Fb", ["quarantine:read"]],
  ["/access", []],
  ["/nothing", []],
])("%s needs %j", (path, needed) => {
  expect(needsOf(path)).toEqual(needed);
});
