import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** Prints the URL of every module that the start of the platform loads, before it opens anything. */
const probe = `
  import { registerHooks } from "node:module";
  const urls = [];
  registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
  await import("../src/command-line.ts");
  await import("../src/start/all-in-one.ts");
  console.log(JSON.stringify(urls));
`;

it("the platform starts without what few ever use: each stays in memory, and its loading is part of the start", () => {
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", probe], {
    cwd: import.meta.dirname,
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
  const urls = JSON.parse(output) as string[];
  expect(urls.filter((url) => url.includes("/rules-service/src/")).length).toBeGreaterThan(50);
  const rare = /node_modules\/(nodemailer|hyparquet-writer|hyparquet|csv-parse|kafkajs)\/|\/(device-sim)\/src\//;
  expect([...new Set(urls.map((url) => rare.exec(url)?.slice(1).join("")).filter(Boolean))]).toEqual([]);
});
