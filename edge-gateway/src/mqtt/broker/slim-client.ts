import { BufferList } from "bl";
import mqttPacket from "mqtt-packet";
import type { Client } from "aedes";
import type { Duplex } from "node:stream";
import { clientOf, hearsAll, internals, keepFilters, type ParserInternals } from "./aedes-internals.ts";
import { keepPropertyOrder } from "./property-order.ts";

// A gateway holds many thousands of connections that are silent most of the time. What aedes keeps for each is cut down
// here to what is used: together about 3 KiB a connection.

/** All that a parser asks of the CONNECT that it has read, by version and whether the client is a bridge. */
const settings = new Map<string, { readonly protocolVersion: number; readonly bridgeMode: boolean }>();

// It would make 65,536 buffers of two bytes when it writes its first packet.
mqttPacket.writeToStream.cacheNumbers = false;

/** The topics that a client has given an alias: a map that is made when there is one. */
class TopicsByAlias {
  #topics: Map<number, string> | undefined;

  get(alias: number): string | undefined {
    return this.#topics?.get(alias);
  }

  set(alias: number, topic: string): void {
    this.#topics ??= new Map();
    this.#topics.set(alias, topic);
  }
}

/** For each client that the broker has just made, before its first byte. */
export function slim(client: Client): void {
  const own = internals(client);
  // Its keys come from the wire: of what every object has ("constructor") it knows nothing.
  own.subscriptions = Object.create(null) as typeof own.subscriptions;
  hearsAll(client);
  own._topicAliases = new TopicsByAlias();
  // The parser needs a list of buffers, not a stream of them.
  own._parser._list = new BufferList();
  keepFilters(own);
  keepPropertyOrder(own);
  const { conn } = client as unknown as { readonly conn: Duplex };
  if (conn.destroyed) return;
  // aedes listens to every way in which a stream can end. Of these connections each ends with "close", and aedes hears
  // "end" and "error" by itself.
  own._eos();
  own._eos = noop;
  conn.once("close", closed);
}

/** Once CONNECT was read: it goes, and its password with it. */
export function forgetConnect(client: Client, { protocolVersion, bridgeMode }: ParserInternals["settings"]): void {
  const key = `${protocolVersion}/${bridgeMode}`;
  const known = settings.get(key) ?? { protocolVersion, bridgeMode: bridgeMode === true };
  settings.set(key, known);
  internals(client)._parser.settings = known;
}

function closed(this: Duplex): void {
  clientOf(this)?.close();
}

function noop(): void {
  // Nothing of it is left to clean up.
}
