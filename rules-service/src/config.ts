import { type Static, Type } from "@sinclair/typebox";

const day = 24 * 60 * 60 * 1000;

/**
 * Settings of the rules service alone; all services share those of the event log and of HTTP. Times are milliseconds.
 */
export const rulesSettings = Type.Object({
  rules: Type.Object({
    group: Type.String({
      minLength: 1,
      maxLength: 200,
      default: "rules",
      env: "HEADWATER_RULES_GROUP",
      description: "Consumer group whose members share the telemetry partitions",
    }),
    tickMs: Type.Integer({
      minimum: 10,
      maximum: 60_000,
      default: 1000,
      env: "HEADWATER_RULES_TICK_MS",
      description: "How often the owner of a partition appends a clock tick while data flows there",
    }),
    idleTickMs: Type.Integer({
      minimum: 10,
      // After a longer pause between ticks the clock assumes that the log was away.
      maximum: 15_000,
      default: 10_000,
      env: "HEADWATER_RULES_IDLE_TICK_MS",
      description: "How often it does where nothing flows; how late a timer may be in a quiet partition",
    }),
    checkpointMs: Type.Integer({
      minimum: 10,
      maximum: 3_600_000,
      default: 5000,
      env: "HEADWATER_RULES_CHECKPOINT_MS",
      description:
        "A checkpoint is written at least so often while records arrive; what lies after it is replayed on a restart",
    }),
    checkpointRecords: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 50_000,
      env: "HEADWATER_RULES_CHECKPOINT_RECORDS",
      description: "A checkpoint is written after so many records of a partition at the latest",
    }),
    warmUpMs: Type.Integer({
      minimum: 0,
      maximum: 7 * day,
      default: 3_600_000,
      env: "HEADWATER_RULES_WARM_UP_MS",
      description:
        "How far back a rule that becomes live is warmed with the telemetry that is already there; farther if its condition looks back farther",
    }),
    batchRecords: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 2000,
      env: "HEADWATER_RULES_BATCH_RECORDS",
      description: "Records of a partition that are evaluated before their outputs are appended",
    }),
    stallMs: Type.Integer({
      minimum: 100,
      maximum: 60_000,
      default: 3000,
      env: "HEADWATER_RULES_STALL_MS",
      description:
        "A process that stood still for longer proves that it still owns its partitions before it emits anything; below the log's session timeout",
    }),
    backtests: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 2,
      env: "HEADWATER_RULES_BACKTESTS",
      description: "Backtests that run at the same time; others wait",
    }),
    backtestThreads: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 1,
      env: "HEADWATER_RULES_BACKTEST_THREADS",
      description: "Threads of one backtest, each of which evaluates a partition at a time",
    }),
    backtestsKept: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 50,
      env: "HEADWATER_RULES_BACKTESTS_KEPT",
      description: "Results of backtests that are kept; older ones are forgotten",
    }),
    writeTimeoutMs: Type.Integer({
      minimum: 100,
      maximum: 60_000,
      default: 10_000,
      env: "HEADWATER_RULES_WRITE_TIMEOUT_MS",
      description: "How long a write over REST, or a read with ?after=, waits for the log before it answers 503",
    }),
  }),
});

export type RulesConfig = Static<typeof rulesSettings>["rules"];

/** The defaults with overrides, for tests and for configurations built in code. */
export function rulesConfig(overrides: Partial<RulesConfig> = {}): RulesConfig {
  const { properties } = rulesSettings.properties.rules;
  const defaults = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schema.default as unknown]),
  );
  return { ...(defaults as RulesConfig), ...overrides };
}
