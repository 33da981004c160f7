import type { MqttClient } from "mqtt";
import type { Duplex, Transform, Writable } from "node:stream";

/**
 * What the bridge needs of mqtt.js 5.16.0 beyond its public types: the field that makes the stream of each connection.
 * The version is pinned, and mqtt-internals.test.ts fails if a later one has it no more.
 */
interface ClientInternals {
  streamBuilder: (client: MqttClient) => Duplex;
}

/**
 * Puts `tap` between the client and what it reads, whatever transport the client makes; what it writes goes straight to
 * that. `onStream` is told of the stream. To be called before `connect`, for one connection.
 */
export function tapStream(client: MqttClient, tap: Transform, onStream: (stream: Duplex) => void): void {
  const internals = client as unknown as ClientInternals;
  const build = internals.streamBuilder;
  internals.streamBuilder = (self) => {
    const stream = build(self);
    const pipe = stream.pipe.bind(stream) as (to: Writable) => Writable;
    stream.pipe = ((to: Writable) => {
      pipe(tap);
      return tap.pipe(to);
    }) as typeof stream.pipe;
    onStream(stream);
    return stream;
  };
}
