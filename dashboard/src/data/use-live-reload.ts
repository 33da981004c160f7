import { useEffect } from "react";
import { live } from "./live.ts";

/** Asks anew when something of these topics comes by the live stream; however much comes, once in `restMs`. */
export function useLiveReload(query: string, restMs: number, reload: () => void): void {
  useEffect(() => {
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
