import { PassThrough } from "node:stream";
import type { Backtests } from "../backtests.ts";
import { hasEnded, type BacktestRecord } from "../kept/backtest-record.ts";
import { toSummary } from "./backtest-resource.ts";

/** Events are told apart by so much (milliseconds); the last one always comes. */
const pace = 200;
const heartbeatMs = 15_000;

/**
 * The progress of a backtest as Server-Sent Events: `progress` with its summary while it waits and runs, then one event
 * that is called as the state in which it ended, and the end of the stream.
 */
export function progressStream(backtests: Backtests, id: string, closing: AbortSignal): PassThrough {
  const body = new PassThrough();
  let latest = backtests.get(id);
  let timer: NodeJS.Timeout | undefined;
  let number = 0;
  const tell = (): void => {
    timer = undefined;
    // A listener that does not read misses steps, and gets the end.
    if (body.writableNeedDrain && !hasEnded(latest)) return;
    number += 1;
    const name = hasEnded(latest) ? latest.state : "progress";
    body.write(`id: ${number}\nevent: ${name}\ndata: ${JSON.stringify(toSummary(latest))}\n\n`);
    if (hasEnded(latest)) body.end();
  };
  const unwatch = backtests.watch(id, (record: BacktestRecord) => {
    latest = record;
    if (hasEnded(record)) {
      clearTimeout(timer);
      tell();
    } else timer ??= setTimeout(tell, pace);
  });
  const heartbeat = setInterval(() => body.writableNeedDrain || body.write(": \n\n"), heartbeatMs);
  const end = (): void => void body.end();
  closing.addEventListener("abort", end, { once: true });
  body.once("close", () => {
    unwatch();
    clearTimeout(timer);
    clearInterval(heartbeat);
    closing.removeEventListener("abort", end);
  });
  tell();
  return body;
}
