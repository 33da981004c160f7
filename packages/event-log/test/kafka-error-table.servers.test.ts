import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { kafkaClassPath } from "../../../scripts/servers/kafka-install.ts";

it("the error codes that the table is held against are those of the Kafka that is tested with", async () => {
  const source = fileURLToPath(new URL("golden/KafkaErrors.java", import.meta.url));
  const { stdout } = await promisify(execFile)("java", ["-cp", await kafkaClassPath(() => {}), source]);
  const golden = readFileSync(new URL("golden/kafka-errors.json", import.meta.url), "utf8");
  expect(JSON.parse(stdout)).toEqual(JSON.parse(golden));
});
