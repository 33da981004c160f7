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
    const stop = live.listen(query, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, restMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [query, restMs, reload]);
}
