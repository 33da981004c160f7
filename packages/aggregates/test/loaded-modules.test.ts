import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** Prints the URL of every module that importing the package loads, `node:` ones included. */
const probe = `
  import { registerHooks } from "node:module";
  const urls = [];
  registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
  await import("@headwater/aggregates");
  console.log(JSON.stringify(urls));
`;

it("loads few modules: what decides and folds needs no server, no log and no codec", () => {
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", probe], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  const urls = JSON.parse(output) as string[];
  expect(urls.filter((url) => url.includes("/packages/aggregates/src/")).length).toBeGreaterThan(5);
  expect(urls.length).toBeLessThanOrEqual(60);
  expect(urls.filter((url) => /\/(?:fastify|pino|kafkajs|protobufjs)\//.test(url))).toEqual([]);
});
