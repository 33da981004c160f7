import { TimedOutError } from "@headwater/core";
import type { Client } from "aedes";
import { internals } from "./aedes-internals.ts";

/** For what has arrived and is not read yet (milliseconds). */
const graceMs = 1000;

/**
 * Ends the connection of a client of which nothing came for one and a half times its keep alive, as aedes would, but
 * only after what lies in its socket had a chance to be read. A process that stood still (stopped, swapped out, on a
 * machine that was suspended) comes to its timers before it reads on: the silence was its own, and the last will of a
 * device that has spoken meanwhile would be a lie. To be called when the broker has let the client in; `onSilent` is
 * told before the end.
 */
export function watchKeepAlive(client: Client, onSilent: (client: Client) => void): void {
  const own = internals(client);
  // Without a keep alive.
  if (own._keepaliveTimer === null) return;
  clearTimeout(own._keepaliveTimer);
  const timer = setTimeout(() => giveGrace(client, timer, onSilent), own._keepaliveInterval);
  own._keepaliveTimer = timer;
}

/** A packet that comes meanwhile refreshes the timer that the client has: its keep alive begins anew. */
function giveGrace(client: Client, timer: NodeJS.Timeout, onSilent: (client: Client) => void): void {
  const own = internals(client);
  const grace = setTimeout(() => {
    onSilent(client);
    client.emit("error", new TimedOutError("Nothing came for one and a half times the keep alive"));
  }, graceMs);
  grace.refresh = () => {
    clearTimeout(grace);
    own._keepaliveTimer = timer;
    return timer.refresh();
  };
  own._keepaliveTimer = grace;
}
