import apiKeys from "kafkajs/src/protocol/requests/apiKeys.js";
import protocols, { type ApiVersions } from "kafkajs/src/protocol/requests/index.js";

/** The versions of a request that are spoken here, from the oldest to the newest. */
interface Spoken {
  readonly name: string;
  readonly key: number;
  readonly oldest: number;
  readonly newest: number;
}

/** Requests that are encoded here, each in one version. */
const own: readonly Spoken[] = [
  { name: "Produce", key: 0, oldest: 7, newest: 7 },
  { name: "Fetch", key: 1, oldest: 11, newest: 11 },
];

const ofKafkajs = [
  "ListOffsets",
  "Metadata",
  "OffsetCommit",
  "OffsetFetch",
  "GroupCoordinator",
  "JoinGroup",
  "Heartbeat",
  "LeaveGroup",
  "SyncGroup",
  "CreateTopics",
  "DescribeConfigs",
];

const required: readonly Spoken[] = [
  ...own,
  ...ofKafkajs.map((name) => {
    const versions = protocols.requests[name]!.versions.map(Number);
    return { name, key: apiKeys[name]!, oldest: Math.min(...versions), newest: Math.max(...versions) };
  }),
];

/** What is spoken here and the broker does not understand, each with what it does: none if they can work together. */
export function missingApis(versions: ApiVersions): string[] {
  return required.flatMap(({ name, key, oldest, newest }) => {
    const known = versions[key];
    if (known !== undefined && known.minVersion <= newest && known.maxVersion >= oldest) return [];
    const needed = oldest === newest ? `v${oldest}` : `v${oldest} to v${newest}`;
    const has = known === undefined ? "does not know it" : `has v${known.minVersion} to v${known.maxVersion}`;
    return `${name} ${needed} (this broker ${has})`;
  });
}
