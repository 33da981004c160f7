export const streamTopics = ["telemetry", "alerts", "devices", "commands"] as const;
export type StreamTopic = (typeof streamTopics)[number];

export function isStreamTopic(text: string): text is StreamTopic {
  return (streamTopics as readonly string[]).includes(text);
}
