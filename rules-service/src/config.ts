import { type Static, type TObject, Type } from "@sinclair/typebox";

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
      description: "Consumer group whose members share the telemetry partitions; the topic prefix is put before it",
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
      default: 1_800_000,
      env: "HEADWATER_RULES_CHECKPOINT_MS",
      description:
        "A checkpoint is written at least so often while records arrive, and sooner once what has changed takes less than a tenth of the telemetry since the last; telemetry has to be kept longer than that",
    }),
    checkpointRecords: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 500_000,
      env: "HEADWATER_RULES_CHECKPOINT_RECORDS",
      description: "A checkpoint is written after so many records of a partition at the latest",
    }),
    replayMs: Type.Integer({
      minimum: 10,
      maximum: 3_600_000,
      default: 1500,
      env: "HEADWATER_RULES_REPLAY_MS",
      description:
        "A checkpoint is written once the records since the last took so long to evaluate, all partitions of the instance together; a restart evaluates them again",
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
    backtestIdleMs: Type.Integer({
      minimum: 100,
      maximum: 3_600_000,
      default: 30_000,
      env: "HEADWATER_RULES_BACKTEST_IDLE_MS",
      description: "How long a backtest that nobody keeps stays when nobody asks for it (ms)",
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
  actions: Type.Object({
    networks: Type.Array(Type.String({ maxLength: 60 }), {
      default: [],
      env: "HEADWATER_ACTIONS_NETWORKS",
      examples: [["10.1.0.0/16", "fd12::/32"]],
      description: "Networks (CIDR) that webhooks may reach although they are not public",
    }),
    secretsFile: Type.Optional(
      Type.String({
        minLength: 1,
        env: "HEADWATER_ACTIONS_SECRETS_FILE",
        description: "YAML file of the secrets that rules name: signing secrets (whsec_…) and secret URLs",
      }),
    ),
    smtpUrl: Type.Optional(
      Type.String({
        pattern: "^smtps?://.+",
        env: "HEADWATER_ACTIONS_SMTP_URL",
        secret: true,
        description: "Mail server, like smtps://user:password@mail.example:465; without one no mail is sent",
      }),
    ),
    smtpFrom: Type.String({
      minLength: 3,
      maxLength: 320,
      default: "headwater@localhost",
      env: "HEADWATER_ACTIONS_SMTP_FROM",
      description: "Sender of mails",
    }),
    attemptMs: Type.Integer({
      minimum: 100,
      maximum: 120_000,
      default: 10_000,
      env: "HEADWATER_ACTIONS_ATTEMPT_MS",
      description: "How long an attempt to deliver an action may take",
    }),
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 4,
      env: "HEADWATER_ACTIONS_CONCURRENCY",
      description: "Attempts at a time to one endpoint",
    }),
    maxWaiting: Type.Integer({
      minimum: 10,
      maximum: 1_000_000,
      default: 10_000,
      env: "HEADWATER_ACTIONS_MAX_WAITING",
      description: "Actions that may wait for one endpoint; beyond that the oldest is given up, on record",
    }),
    endpointPerMinute: Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      env: "HEADWATER_ACTIONS_ENDPOINT_PER_MINUTE",
      description: "Attempts a minute to one endpoint; the others wait. 0: no limit",
    }),
    rulePerMinute: Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      env: "HEADWATER_ACTIONS_RULE_PER_MINUTE",
      description:
        "Webhooks and mails a minute of one rule on one partition; more are given up, on record. 0: no limit",
    }),
    retryMs: Type.Integer({
      minimum: 10,
      maximum: 3_600_000,
      default: 2000,
      env: "HEADWATER_ACTIONS_RETRY_MS",
      description: "An attempt that failed is repeated after about so long, a further one after twice as long",
    }),
    maxRetryMs: Type.Integer({
      minimum: 10,
      maximum: day,
      default: 900_000,
      env: "HEADWATER_ACTIONS_MAX_RETRY_MS",
      description: "And so on, up to this",
    }),
    breakerFailures: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 5,
      env: "HEADWATER_ACTIONS_BREAKER_FAILURES",
      description: "After so many failures in a row (no answer, or 5xx) an endpoint is left alone for a while",
    }),
    breakerMs: Type.Integer({
      minimum: 10,
      maximum: 3_600_000,
      default: 30_000,
      env: "HEADWATER_ACTIONS_BREAKER_MS",
      description: "For so long; twice as long after each probe that fails, up to ten times this",
    }),
  }),
});

export type RulesConfig = Static<typeof rulesSettings>["rules"];
export type ActionsConfig = Static<typeof rulesSettings>["actions"];

/** The defaults with overrides, for tests and for configurations built in code. */
export function rulesConfig(overrides: Partial<RulesConfig> = {}): RulesConfig {
  return { ...(defaultsOf(rulesSettings.properties.rules) as RulesConfig), ...overrides };
}

export function actionsConfig(overrides: Partial<ActionsConfig> = {}): ActionsConfig {
  return { ...(defaultsOf(rulesSettings.properties.actions) as ActionsConfig), ...overrides };
}

function defaultsOf({ properties }: TObject): unknown {
  const given = Object.entries(properties).filter(([, schema]) => schema.default !== undefined);
  return Object.fromEntries(given.map(([name, schema]) => [name, schema.default as unknown]));
}
