import { RequestError } from "@headwater/core";
import { type HttpApp, type HttpServer, idempotencyKey } from "@headwater/service";
import { Type } from "@sinclair/typebox";
import type { FastifyRequest } from "fastify";
import type { GatewayConfig } from "../config.ts";
import { sessionPrefix } from "../devices/identity/principal.ts";
import { checkTopicName } from "../mqtt/guard/topic-check.ts";
import type { GuardLimits } from "../mqtt/guard/violations.ts";
import { peerOf } from "../mqtt/listeners/peer.ts";
import { findTarget, type Target, type TargetsOptions } from "../mqtt/broker/targets.ts";
import type { MessageTarget } from "../pipeline/commit/message-target.ts";
import { requestKey, type RequestKey } from "../pipeline/redelivery/recent-requests.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { DeviceLogin, LoggedIn } from "./device-login.ts";
import { formatQuery, mediaTypes, topicOf } from "./message-format.ts";
import type { RequestLimits } from "./request-limits.ts";
import type { TelemetryIntake } from "./telemetry-intake.ts";

/** What the route needs of a gateway that has started. */
export interface TelemetryParts {
  readonly login: DeviceLogin;
  readonly limits: RequestLimits;
  readonly intake: TelemetryIntake;
  readonly targets: TargetsOptions;
  readonly refusals: RefusalLog;
  readonly count: (outcome: "taken" | "quarantined" | "repeated") => void;
}

const takenSchema = Type.Object(
  {
    topic: Type.String({ description: "The MQTT topic that stands for it" }),
    readings: Type.Optional(
      Type.Integer({ description: "How many became an event; absent: the message was taken before, see `repeated`" }),
    ),
    repeated: Type.Boolean({ description: "A message of this Idempotency-Key was taken before; this one is dropped" }),
    quarantined: Type.Optional(
      Type.String({ description: "Why the message, or a part of it, was set aside; its bytes are kept in quarantine" }),
    ),
  },
  { title: "TakenTelemetry", description: "It is durable" },
);

const querystring = Type.Object(formatQuery);
const telemetryPath = "/api/v1/telemetry";
/** What the HTTPS listener for devices answers. */
export const httpsPaths: ReadonlySet<string> = new Set([telemetryPath]);

interface Entered extends LoggedIn {
  readonly parts: TelemetryParts;
  /** By which its rates count. */
  readonly sender: string;
}

/**
 * Messages over HTTP, for devices without MQTT: the same logins, rights, formats and limits, and the same pipeline
 * behind them.
 */
export function telemetryRoute(
  { app }: HttpServer,
  { mqtt, limits }: Pick<GatewayConfig, "mqtt" | "limits">,
  parts: () => TelemetryParts | undefined,
): void {
  const entered = new WeakMap<FastifyRequest, Entered>();
  const guardLimits = { ...limits, maxPacketBytes: mqtt.maxPacketBytes };

  void app.register(async (scope: HttpApp) => {
    scope.removeAllContentTypeParsers();
    // Whatever a body says it is, its format reads it.
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

    scope.post(
      telemetryPath,
      {
        bodyLimit: mqtt.maxPacketBytes,
        config: {
          public: true,
          deviceLogin: true,
          consumes: mediaTypes,
          documentedBody: Type.Unknown({ description: "What a device would publish over MQTT" }),
        },
        schema: {
          operationId: "sendTelemetry",
          summary: "Readings of a device, as it would publish them over MQTT",
          description:
            "Logs in as over MQTT: Basic with the device's id and its token or password, Bearer with a JWT, or over " +
            "HTTPS with a client certificate. " +
            "Answered when the message is durable. What cannot be decoded is kept in quarantine, as over " +
            "MQTT, and the answer says why. A message that comes again under the same Idempotency-Key is answered and " +
            "dropped; without a key it becomes a second event.",
          tags: ["telemetry"],
          querystring,
          response: { 200: takenSchema },
        },
        // Before the body is read: only who may send takes memory.
        async onRequest(request, reply) {
          const present = parts();
          if (present === undefined) {
            throw new RequestError(503, "starting", "The gateway has not started yet; try again shortly");
          }
          const socket = request.raw.socket;
          const known = peerOf(socket);
          const peer = known.address === "" ? { transport: "tcp" as const, address: request.ip } : known;
          const login = await present.login.of(socket, request.headers.authorization, peer);
          const sender = login.device ?? `\u0000${peer.address}`;
          let leave: () => void;
          try {
            leave = present.limits.enter(sender, bodyBytes(request, mqtt.maxPacketBytes));
          } catch (error) {
            const reason = error instanceof RequestError ? error.code : "limits";
            const who = { device: login.device, address: peer.address };
            present.refusals.add("message", reason, who, "a message over HTTP was refused: there are too many");
            throw error;
          }
          reply.raw.once("close", leave);
          entered.set(request, { ...login, parts: present, sender });
        },
      },
      async (request) => {
        const { parts: present, sender, principal, device, permissions } = entered.get(request)!;
        const { query, body } = request;
        const payload = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        present.limits.spend(sender, payload.length);
        if (payload.length === 0) {
          throw new RequestError(400, "invalid-request", "The body is empty; send what the device has measured");
        }
        const topic = topicOf(query, request.headers["content-type"], device);
        checkTopic(topic, guardLimits);
        const target = findTarget(present.targets, topic, { device, permissions });
        if (target.kind === "forbidden") {
          const who = { device, address: request.ip, topic: topic.slice(0, 256) };
          present.refusals.add("message", "topic", who, "a message over HTTP to a topic that is not the device's own");
        }
        const wanted = messageTarget(target, topic);
        const key = keyOf(request, sessionPrefix(principal));
        // Rights may have ended while the body was on its way.
        if (!present.login.mayStill(principal)) {
          throw new RequestError(401, "login-refused", "The login has ended; log in with one that counts");
        }
        const { readings, quarantined } = await present.intake.take({ target: wanted, topic, payload, key });
        present.count(readings === undefined ? "repeated" : quarantined === undefined ? "taken" : "quarantined");
        return {
          topic,
          ...(readings !== undefined && { readings }),
          repeated: readings === undefined,
          ...(quarantined !== undefined && { quarantined }),
        };
      },
    );
  });
}

/** As much as its body may become in memory. */
function bodyBytes({ headers }: FastifyRequest, limit: number): number {
  const declared = Number(headers["content-length"]);
  const isPlain = headers["content-encoding"] === undefined && Number.isInteger(declared) && declared >= 0;
  return isPlain ? Math.min(declared, limit) : limit;
}

function keyOf(request: FastifyRequest, sender: string): RequestKey | undefined {
  const key = idempotencyKey(request);
  return key === undefined ? undefined : requestKey(sender, key);
}

function checkTopic(topic: string, limits: GuardLimits): void {
  const bytes = Buffer.from(topic);
  const wrong = checkTopicName(bytes, 0, bytes.length, limits);
  if (wrong === undefined && topic.isWellFormed()) return;
  const why = "it is empty, too long or too deep, or has a wildcard or a control character";
  throw new RequestError(400, "invalid-topic", `${JSON.stringify(topic.slice(0, 200))} is no topic: ${why}`);
}

/** Throws RequestError for a topic that nothing comes of. */
function messageTarget(target: Target, topic: string): MessageTarget {
  const shown = JSON.stringify(topic.slice(0, 200));
  switch (target.kind) {
    case "forbidden":
      throw new RequestError(403, "topic-not-allowed", `This login may not publish to ${shown}`);
    case "time":
    case "relay":
    case "ignored":
      throw new RequestError(
        400,
        "invalid-topic",
        `Nothing is kept of what comes to ${shown}; name a topic of readings`,
      );
    default:
      return target;
  }
}
