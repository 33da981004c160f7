import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { installed, runStep, type Progress } from "./install.ts";
import { requireTools } from "./required-tool.ts";

export const KAFKA_VERSION = "4.3.0";

const pom = new URL("kafka-libs/pom.xml", import.meta.url);

/** The class path of the pinned Kafka broker: the jars of kafka-libs/pom.xml, downloaded once. */
export async function kafkaClassPath(progress: Progress): Promise<string> {
  requireTools(["java"], "run Kafka");
  const dir = await installed(
    {
      name: `kafka-${KAFKA_VERSION}`,
      pinFiles: [pom],
      announce: "downloading its jars with Maven (54 MB, once)",
      async install(target) {
        requireTools(["mvn"], "download Kafka");
        await copyFile(pom, join(target, "pom.xml"));
        await runStep({
          command: "mvn",
          // The plugin has a version of its own: an unpinned goal takes whatever is newest that day.
          args: [
            "--batch-mode",
            "--quiet",
            "--strict-checksums",
            "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
            "-DoutputDirectory=libs",
          ],
          cwd: target,
        });
      },
    },
    progress,
  );
  return join(dir, "libs", "*");
}
