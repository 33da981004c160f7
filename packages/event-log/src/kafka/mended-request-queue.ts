import type { RequestQueue } from "kafkajs/src/network/connection.js";

/** How far the wall clock moves against the monotonic one before that is a leap, milliseconds. */
const LEAP_MS = 1000;
const LONGEST_LOOK_MS = 100;

/** What kafkajs' queue of the requests of a connection does otherwise than it should. */
export function mendRequestQueue(queue: RequestQueue): void {
  warnOfNoTimer(queue);
  keepTimeByMonotonicClock(queue);
}

/**
 * kafkajs schedules a look at its pending requests after every answer, with a delay that is negative unless the broker
 * throttles: Node warns of each such timer (TimeoutNegativeWarning). Without pending requests there is nothing to look
 * at.
 */
function warnOfNoTimer(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}

/**
 * kafkajs reckons with the wall clock: set back by an hour while a broker hangs, or while it throttles, it waits an
 * hour longer, and set ahead it gives every request up. Its times move with the clock.
 */
function keepTimeByMonotonicClock(queue: RequestQueue): void {
  queue.scheduleRequestTimeoutCheck = () => {
    queue.destroy();
    let distance = Date.now() - performance.now();
    const look = (): void => {
      const leap = Date.now() - performance.now() - distance;
      if (Math.abs(leap) > LEAP_MS) {
        distance += leap;
        queue.throttledUntil += leap;
        for (const request of queue.inflight.values()) request.sentAt += leap;
      }
      const now = Date.now();
      for (const request of queue.inflight.values())
        if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      if (!queue.isConnected()) queue.destroy();
    };
    queue.requestTimeoutIntervalId = setInterval(look, Math.min(queue.requestTimeout, LONGEST_LOOK_MS));
  };
}
