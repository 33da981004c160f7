/**
 * What the error of a broker asks of its client:
 *
 * - `retry`: the same request may succeed a moment later.
 * - `leader`: as `retry`, once it is known again who leads the partition.
 * - `coordinator`: as `retry`, once it is known again who coordinates the group.
 * - `fenced`: another member, generation or epoch has taken the sender's place; it has to join anew.
 * - `refused`: the records of the request are never taken as they are; others are.
 * - `forbidden`: the credentials are not accepted, or do not suffice.
 * - `fatal`: the request is never accepted.
 */
export type ErrorKind = "none" | "retry" | "leader" | "coordinator" | "fenced" | "refused" | "forbidden" | "fatal";

/**
 * All of Kafka's error codes as of 4.3.0 (org.apache.kafka.common.protocol.Errors). Where Kafka's own client gives up
 * and a broker may be well again later (an unexpected error of the server, a broker that is not registered yet), the
 * kind here is `retry`.
 */
const rows: readonly (readonly [code: number, name: string, kind: ErrorKind])[] = [
  [-1, "UNKNOWN_SERVER_ERROR", "retry"],
  [0, "NONE", "none"],
  [1, "OFFSET_OUT_OF_RANGE", "fatal"],
  [2, "CORRUPT_MESSAGE", "retry"],
  [3, "UNKNOWN_TOPIC_OR_PARTITION", "leader"],
  [4, "INVALID_FETCH_SIZE", "fatal"],
  [5, "LEADER_NOT_AVAILABLE", "leader"],
  [6, "NOT_LEADER_OR_FOLLOWER", "leader"],
  [7, "REQUEST_TIMED_OUT", "retry"],
  [8, "BROKER_NOT_AVAILABLE", "retry"],
  [9, "REPLICA_NOT_AVAILABLE", "leader"],
  [10, "MESSAGE_TOO_LARGE", "refused"],
  [11, "STALE_CONTROLLER_EPOCH", "retry"],
  [12, "OFFSET_METADATA_TOO_LARGE", "fatal"],
  [13, "NETWORK_EXCEPTION", "retry"],
  [14, "COORDINATOR_LOAD_IN_PROGRESS", "coordinator"],
  [15, "COORDINATOR_NOT_AVAILABLE", "coordinator"],
  [16, "NOT_COORDINATOR", "coordinator"],
  [17, "INVALID_TOPIC_EXCEPTION", "fatal"],
  [18, "RECORD_LIST_TOO_LARGE", "refused"],
  [19, "NOT_ENOUGH_REPLICAS", "retry"],
  [20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "retry"],
  [21, "INVALID_REQUIRED_ACKS", "fatal"],
  [22, "ILLEGAL_GENERATION", "fenced"],
  [23, "INCONSISTENT_GROUP_PROTOCOL", "fatal"],
  [24, "INVALID_GROUP_ID", "fatal"],
  [25, "UNKNOWN_MEMBER_ID", "fenced"],
  [26, "INVALID_SESSION_TIMEOUT", "fatal"],
  [27, "REBALANCE_IN_PROGRESS", "fenced"],
  [28, "INVALID_COMMIT_OFFSET_SIZE", "fatal"],
  [29, "TOPIC_AUTHORIZATION_FAILED", "forbidden"],
  [30, "GROUP_AUTHORIZATION_FAILED", "forbidden"],
  [31, "CLUSTER_AUTHORIZATION_FAILED", "forbidden"],
  [32, "INVALID_TIMESTAMP", "refused"],
  [33, "UNSUPPORTED_SASL_MECHANISM", "forbidden"],
  [34, "ILLEGAL_SASL_STATE", "forbidden"],
  [35, "UNSUPPORTED_VERSION", "fatal"],
  [36, "TOPIC_ALREADY_EXISTS", "fatal"],
  [37, "INVALID_PARTITIONS", "fatal"],
  [38, "INVALID_REPLICATION_FACTOR", "fatal"],
  [39, "INVALID_REPLICA_ASSIGNMENT", "fatal"],
  [40, "INVALID_CONFIG", "fatal"],
  [41, "NOT_CONTROLLER", "retry"],
  [42, "INVALID_REQUEST", "fatal"],
  [43, "UNSUPPORTED_FOR_MESSAGE_FORMAT", "fatal"],
  [44, "POLICY_VIOLATION", "fatal"],
  [45, "OUT_OF_ORDER_SEQUENCE_NUMBER", "fatal"],
  [46, "DUPLICATE_SEQUENCE_NUMBER", "fatal"],
  [47, "INVALID_PRODUCER_EPOCH", "fenced"],
  [48, "INVALID_TXN_STATE", "fatal"],
  [49, "INVALID_PRODUCER_ID_MAPPING", "fatal"],
  [50, "INVALID_TRANSACTION_TIMEOUT", "fatal"],
  [51, "CONCURRENT_TRANSACTIONS", "retry"],
  [52, "TRANSACTION_COORDINATOR_FENCED", "fenced"],
  [53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "forbidden"],
  [54, "SECURITY_DISABLED", "forbidden"],
  [55, "OPERATION_NOT_ATTEMPTED", "fatal"],
  [56, "KAFKA_STORAGE_ERROR", "leader"],
  [57, "LOG_DIR_NOT_FOUND", "fatal"],
  [58, "SASL_AUTHENTICATION_FAILED", "forbidden"],
  [59, "UNKNOWN_PRODUCER_ID", "fatal"],
  [60, "REASSIGNMENT_IN_PROGRESS", "fatal"],
  [61, "DELEGATION_TOKEN_AUTH_DISABLED", "forbidden"],
  [62, "DELEGATION_TOKEN_NOT_FOUND", "forbidden"],
  [63, "DELEGATION_TOKEN_OWNER_MISMATCH", "forbidden"],
  [64, "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", "forbidden"],
  [65, "DELEGATION_TOKEN_AUTHORIZATION_FAILED", "forbidden"],
  [66, "DELEGATION_TOKEN_EXPIRED", "forbidden"],
  [67, "INVALID_PRINCIPAL_TYPE", "fatal"],
  [68, "NON_EMPTY_GROUP", "fatal"],
  [69, "GROUP_ID_NOT_FOUND", "fatal"],
  [70, "FETCH_SESSION_ID_NOT_FOUND", "retry"],
  [71, "INVALID_FETCH_SESSION_EPOCH", "retry"],
  [72, "LISTENER_NOT_FOUND", "leader"],
  [73, "TOPIC_DELETION_DISABLED", "fatal"],
  [74, "FENCED_LEADER_EPOCH", "leader"],
  [75, "UNKNOWN_LEADER_EPOCH", "leader"],
  [76, "UNSUPPORTED_COMPRESSION_TYPE", "fatal"],
  [77, "STALE_BROKER_EPOCH", "retry"],
  [78, "OFFSET_NOT_AVAILABLE", "leader"],
  [79, "MEMBER_ID_REQUIRED", "fenced"],
  [80, "PREFERRED_LEADER_NOT_AVAILABLE", "leader"],
  [81, "GROUP_MAX_SIZE_REACHED", "fatal"],
  [82, "FENCED_INSTANCE_ID", "fenced"],
  [83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", "leader"],
  [84, "ELECTION_NOT_NEEDED", "retry"],
  [85, "NO_REASSIGNMENT_IN_PROGRESS", "fatal"],
  [86, "GROUP_SUBSCRIBED_TO_TOPIC", "fatal"],
  [87, "INVALID_RECORD", "refused"],
  [88, "UNSTABLE_OFFSET_COMMIT", "retry"],
  [89, "THROTTLING_QUOTA_EXCEEDED", "retry"],
  [90, "PRODUCER_FENCED", "fenced"],
  [91, "RESOURCE_NOT_FOUND", "fatal"],
  [92, "DUPLICATE_RESOURCE", "fatal"],
  [93, "UNACCEPTABLE_CREDENTIAL", "fatal"],
  [94, "INCONSISTENT_VOTER_SET", "fatal"],
  [95, "INVALID_UPDATE_VERSION", "fatal"],
  [96, "FEATURE_UPDATE_FAILED", "fatal"],
  [97, "PRINCIPAL_DESERIALIZATION_FAILURE", "fatal"],
  [98, "SNAPSHOT_NOT_FOUND", "fatal"],
  [99, "POSITION_OUT_OF_RANGE", "fatal"],
  [100, "UNKNOWN_TOPIC_ID", "leader"],
  [101, "DUPLICATE_BROKER_REGISTRATION", "fatal"],
  [102, "BROKER_ID_NOT_REGISTERED", "retry"],
  [103, "INCONSISTENT_TOPIC_ID", "leader"],
  [104, "INCONSISTENT_CLUSTER_ID", "fatal"],
  [105, "TRANSACTIONAL_ID_NOT_FOUND", "fatal"],
  [106, "FETCH_SESSION_TOPIC_ID_ERROR", "retry"],
  [107, "INELIGIBLE_REPLICA", "fatal"],
  [108, "NEW_LEADER_ELECTED", "leader"],
  [109, "OFFSET_MOVED_TO_TIERED_STORAGE", "fatal"],
  [110, "FENCED_MEMBER_EPOCH", "fenced"],
  [111, "UNRELEASED_INSTANCE_ID", "retry"],
  [112, "UNSUPPORTED_ASSIGNOR", "fatal"],
  [113, "STALE_MEMBER_EPOCH", "fenced"],
  [114, "MISMATCHED_ENDPOINT_TYPE", "fatal"],
  [115, "UNSUPPORTED_ENDPOINT_TYPE", "fatal"],
  [116, "UNKNOWN_CONTROLLER_ID", "fatal"],
  [117, "UNKNOWN_SUBSCRIPTION_ID", "fatal"],
  [118, "TELEMETRY_TOO_LARGE", "fatal"],
  [119, "INVALID_REGISTRATION", "fatal"],
  [120, "TRANSACTION_ABORTABLE", "fatal"],
  [121, "INVALID_RECORD_STATE", "fatal"],
  [122, "SHARE_SESSION_NOT_FOUND", "retry"],
  [123, "INVALID_SHARE_SESSION_EPOCH", "retry"],
  [124, "FENCED_STATE_EPOCH", "fenced"],
  [125, "INVALID_VOTER_KEY", "fatal"],
  [126, "DUPLICATE_VOTER", "fatal"],
  [127, "VOTER_NOT_FOUND", "fatal"],
  [128, "INVALID_REGULAR_EXPRESSION", "fatal"],
  [129, "REBOOTSTRAP_REQUIRED", "retry"],
  [130, "STREAMS_INVALID_TOPOLOGY", "fatal"],
  [131, "STREAMS_INVALID_TOPOLOGY_EPOCH", "fatal"],
  [132, "STREAMS_TOPOLOGY_FENCED", "fenced"],
  [133, "SHARE_SESSION_LIMIT_REACHED", "retry"],
];

const byCode = new Map(rows.map(([code, name, kind]) => [code, { code, name, kind }]));

export interface KafkaErrorCode {
  readonly code: number;
  readonly name: string;
  readonly kind: ErrorKind;
}

export const kafkaErrorCodes: readonly KafkaErrorCode[] = [...byCode.values()];

/** A code that no Kafka had when this was written is one of a newer broker, which may answer otherwise later. */
export function kafkaErrorCode(code: number): KafkaErrorCode {
  return byCode.get(code) ?? { code, name: `UNKNOWN_ERROR_${code}`, kind: "retry" };
}
