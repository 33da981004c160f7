import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ResourceError } from "@headwater/core";
import { until, type AckedRecord, type Appender } from "./harness.ts";

/** Runs append-forever.ts with this environment, which names the log that it opens. */
export async function childAppender(topic: string, env: Record<string, string>): Promise<Appender> {
  const script = fileURLToPath(new URL("./append-forever.ts", import.meta.url));
  const child = spawn(process.execPath, [script, topic], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let output = "";
  let lines = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    lines += chunk.split("\n").length - 1;
  });
  return {
    async acked(count) {
      await until(() => lines >= count || child.exitCode !== null);
      if (child.exitCode !== null) throw new ResourceError(`the appending process ended with ${child.exitCode}`);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
      // A last line that was cut short was not acknowledged to anyone.
      return output
        .split("\n")
        .slice(0, -1)
        .map((line): AckedRecord => {
          const [partition, offset, value] = line.split(" ");
          return { partition: Number(partition), offset: Number(offset), value: value! };
        });
    },
  };
}
