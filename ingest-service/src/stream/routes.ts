import { Type } from "@sinclair/typebox";
import type { EventLog, TopicNames } from "@headwater/event-log";
import type { FoldedEvents, HttpServer } from "@headwater/service";
import { type Logger, RequestError } from "@headwater/core";
import { EventStream } from "./event-stream.ts";
import { StreamPosition } from "./stream-position.ts";
import { isStreamTopic, type StreamTopic, streamTopics } from "./stream-topic.ts";

/** Each listener follows the log by itself. */
const maxListeners = 50;

export function streamRoutes(
  http: HttpServer,
  options: {
    readonly log: EventLog;
    readonly topics: TopicNames;
    readonly folded: FoldedEvents;
    readonly logger: Logger;
  },
): void {
  let listeners = 0;
  http.app.get(
    "/api/v1/stream",
    {
      config: { scopes: ["telemetry:read"], produces: ["text/event-stream"], lastEventId: true },
      schema: {
        operationId: "streamEvents",
        summary: "What happens, as it happens (Server-Sent Events, resumable by Last-Event-ID)",
        tags: ["stream"],
        querystring: Type.Object({
          topics: Type.String({
            default: streamTopics.join(","),
            maxLength: 100,
            description: `Some of ${streamTopics.join(", ")}, separated by commas`,
          }),
          device: Type.Optional(Type.String({ maxLength: 128, description: "Only what is about this device" })),
          lastEventId: Type.Optional(Type.String({ maxLength: 16_000, description: "As the header Last-Event-ID" })),
        }),
      },
    },
    async (request, reply) => {
      const { topics, device, lastEventId } = request.query;
      const wanted = parseTopics(topics);
      const header = request.headers["last-event-id"];
      const id = (typeof header === "string" ? header : undefined) ?? lastEventId ?? "";
      const from = StreamPosition.parse(id);
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
      const stream = new EventStream({
        log: options.log,
        topicNames: options.topics,
        topics: wanted,
        device,
        folded: options.folded,
        from,
        logger: options.logger,
        closing: http.closing,
      });
      listeners += 1;
      stream.body.once("close", () => {
        listeners -= 1;
      });
      try {
        await stream.start();
      } catch (error) {
        stream.body.destroy();
        throw error;
      }
      return reply.send(stream.body);
    },
  );
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
