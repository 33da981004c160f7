import { useEffect } from "react";
import { live } from "./live.ts";

/**
 * Asks anew when something of these topics comes by the live stream; however much comes, once in `restMs`. Without a
 * query nothing is listened to.
 */
export function useLiveReload(query: string | undefined, restMs: number, reload: () => void): void {
  useEffect(() => {
    if (query === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, restMs);
    };
    // What changed after it was asked for and before the connection was there, the stream does not tell.
    const stop = live.listen(query, changed, reload);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [query, restMs, reload]);
}
