import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { roles, scopes } from "@headwater/aggregates";

const root = join(import.meta.dirname, "../..");

it("docs/security.md says of each scope who has it, and the API asks for each", () => {
  const text = readFileSync(join(root, "docs/security.md"), "utf8");
  const told = [...text.matchAll(/^\| `(\w+:\w+)` +\| .*?\S +\| ([\w, ]+?) +\|$/gm)].map(([, scope, has]) => [
    scope,
    has,
  ]);
  const held = Object.entries<readonly string[]>(roles);
  const names = (scope: string) => held.filter(([, all]) => all.includes(scope)).map(([role]) => role);
  expect(told).toEqual(scopes.map((scope) => [scope, names(scope).join(", ")]));

  const api = readFileSync(join(root, "packages/client/generated/openapi.json"), "utf8");
  const { paths } = JSON.parse(api) as {
    paths: Record<string, Record<string, { security?: readonly { token?: readonly string[] }[] }>>;
  };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const asked = operations.flatMap(({ security = [] }) => security.flatMap(({ token = [] }) => token));
  expect([...new Set(asked)].toSorted()).toEqual([...scopes].toSorted());
});
