import { tmpdir } from "node:os";
import { runStep } from "../../scripts/servers/install.ts";
import { kafkaClassPath } from "../../scripts/servers/kafka-install.ts";

/** The operator's tools, by the classes behind kafka-configs.sh, kafka-topics.sh and kafka-delete-records.sh. */
const tools = {
  configs: "kafka.admin.ConfigCommand",
  topics: "org.apache.kafka.tools.TopicCommand",
  deleteRecords: "org.apache.kafka.tools.DeleteRecordsCommand",
} as const;

/** Runs one of Kafka's own tools against these brokers; rejects with its output if it fails. */
export async function kafkaTool(tool: keyof typeof tools, brokers: string, ...args: string[]): Promise<void> {
  const classPath = await kafkaClassPath(() => {});
  await runStep({
    command: "java",
    args: ["-Xmx128m", "-cp", classPath, tools[tool], "--bootstrap-server", brokers, ...args],
    cwd: tmpdir(),
  });
}
