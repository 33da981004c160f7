import type { Logger } from "@headwater/core";
import { defaultDecodeLimits } from "@headwater/decode";
import type { GatewayConfig } from "../config.ts";
import type { Identity } from "../devices/identity/identity.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { TargetsOptions } from "../mqtt/broker/targets.ts";
import type { GroupCommit } from "../pipeline/commit/group-commit.ts";
import { MessageProcessor, type ReplyHandler } from "../pipeline/commit/message-processor.ts";
import type { Qos2Journal } from "../pipeline/redelivery/qos2-journal.ts";
import type { RecentJournal } from "../pipeline/redelivery/recent-journal.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { DeviceLogin } from "./device-login.ts";
import { RequestLimits } from "./request-limits.ts";
import { TelemetryIntake } from "./telemetry-intake.ts";
import type { TelemetryParts } from "./telemetry-route.ts";

export interface HttpTelemetryOptions extends TargetsOptions {
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly replies: ReplyHandler;
  readonly identity: Identity;
  readonly limits: GatewayConfig["limits"];
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

export type HttpTelemetry = TelemetryParts;

/** Wires telemetry over HTTP to the pipeline. */
export function openTelemetry(options: HttpTelemetryOptions): HttpTelemetry {
  const { recordWriter, commit, journal, recent, replies, routes, firmware } = options;
  const { identity, limits, metrics, refusals, logger } = options;
  const processor = new MessageProcessor({
    ...{ recordWriter, commit, journal, recent, replies, metrics, refusals, logger },
    limits: defaultDecodeLimits,
    publish: () => {
      // Who sends over HTTP hears nothing, so what a message lacks is not asked for.
    },
  });
  const { httpMessages } = metrics;
  const counters = {
    taken: httpMessages.labels({ outcome: "taken" }),
    quarantined: httpMessages.labels({ outcome: "quarantined" }),
    repeated: httpMessages.labels({ outcome: "repeated" }),
  };
  return {
    login: new DeviceLogin(identity, refusals),
    limits: new RequestLimits(limits),
    intake: new TelemetryIntake({ processor, recordWriter, commit, recent }),
    targets: { routes, firmware, recordWriter },
    refusals,
    count: (outcome) => counters[outcome].inc(),
  };
}
