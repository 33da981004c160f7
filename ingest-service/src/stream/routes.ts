import { Type } from "@sinclair/typebox";
import type { EventLog, TopicNames } from "@headwater/event-log";
import {
  type FoldedEvents,
  type HttpServer,
  mayUse,
  type Principal,
  principalOf,
  requireScopes,
} from "@headwater/service";
import { type Logger, RequestError } from "@headwater/core";
import { Listener } from "./listener.ts";
import { LiveFeed } from "./live-feed.ts";
import type { ReadModel } from "@headwater/event-log/read-model";
import { deviceFilterQuery, readFilter } from "../fleet/device-filter.ts";
import { StreamPosition } from "./stream-position.ts";
import { streamedGroup } from "./stream-group.ts";
import { isStreamTopic, type StreamTopic, streamTopics } from "./stream-topic.ts";

/** They share one reader of the log. */
const maxListeners = 1000;

export function streamRoutes(
  http: HttpServer,
  options: {
    readonly log: EventLog;
    readonly topics: TopicNames;
    readonly folded: FoldedEvents;
    readonly model: ReadModel;
    readonly logger: Logger;
  },
): void {
  let listeners = 0;
  const { model, topics: topicNames, ...rest } = options;
  const feed = new LiveFeed({ ...rest, topicNames, closing: http.closing });
  http.app.get(
    "/api/v1/stream",
    {
      config: { scopes: [], produces: ["text/event-stream"], lastEventId: true },
      schema: {
        operationId: "streamEvents",
        summary: "What happens, as it happens (Server-Sent Events, resumable by Last-Event-ID)",
        tags: ["stream"],
        querystring: Type.Object({
          topics: Type.Optional(
            Type.String({
              maxLength: 100,
              description:
                `Some of ${streamTopics.join(", ")}, separated by commas; each needs the scope to read it. Default: ` +
                "all that the token may read",
            }),
          ),
          device: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
              maxItems: 1000,
              verbatim: true,
              description: "Only what is about these devices",
            }),
          ),
          type: deviceFilterQuery.type,
          tag: deviceFilterQuery.tag,
          group: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 64,
              description:
                "Only what is about devices of this group, as they and it are at that time; the stream ends if it is deleted",
            }),
          ),
          metric: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
              maxItems: 100,
              verbatim: true,
              description: "Of telemetry these metrics alone",
            }),
          ),
          lastEventId: Type.Optional(Type.String({ maxLength: 16_000, description: "As the header Last-Event-ID" })),
        }),
      },
    },
    async (request, reply) => {
      const { topics, device, type, tag, group, metric, lastEventId } = request.query;
      const wanted = wantedTopics(topics, principalOf(request));
      const header = request.headers["last-event-id"];
      const id = (typeof header === "string" ? header : undefined) ?? lastEventId ?? "";
      const from = StreamPosition.parse(id);
      if (group !== undefined) {
        requireScopes(principalOf(request), ["devices:read"]);
        streamedGroup(model.db, group);
      }
      void reply.type("text/event-stream; charset=utf-8").header("x-accel-buffering", "no");
      // Whoever asks for the head alone would never end a stream, since nothing of it is sent.
      if (request.method === "HEAD") return reply.send("");
      if (listeners >= maxListeners) {
        throw new RequestError(
          503,
          "too-many-listeners",
          `There are ${maxListeners} live streams already; try again later`,
        );
      }
      const filter = {
        devices: device && new Set(device),
        type,
        tags: readFilter({ ...(tag !== undefined && { tag }) }).tags,
        group,
        metrics: metric && new Set(metric),
      };
      const listener = new Listener(wanted, filter, model.db);
      listeners += 1;
      listener.body.once("close", () => {
        listeners -= 1;
      });
      try {
        await feed.join(listener, from);
      } catch (error) {
        listener.body.destroy();
        throw error;
      }
      return reply.send(listener.body);
    },
  );
}

/** Throws RequestError: 400 for a topic that is none, 403 for one that the principal may not read. */
function wantedTopics(text: string | undefined, principal: Principal): readonly StreamTopic[] {
  if (text === undefined) {
    const readable = streamTopics.filter((topic) => mayUse(principal, [`${topic}:read`]));
    if (readable.length > 0) return readable;
  }
  const topics = text === undefined ? streamTopics : parseTopics(text);
  const needed = topics.map((topic) => `${topic}:read`);
  requireScopes(principal, needed);
  return topics;
}

function parseTopics(text: string): readonly StreamTopic[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const wrong = names.find((name) => !isStreamTopic(name));
  if (wrong !== undefined) {
    throw new RequestError(
      400,
      "unknown-topic",
      `${JSON.stringify(wrong)} cannot be streamed; there are ${streamTopics.join(", ")}`,
    );
  }
  return names.filter(isStreamTopic);
}
