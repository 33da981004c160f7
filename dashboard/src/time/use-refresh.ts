import { useEffect } from "react";
import { onEachSecond } from "./seconds.ts";

/** Asks again every so many seconds while the page is in sight: for what the live stream does not tell. */
export function useRefresh(reload: () => void, everySeconds: number, isPaused: boolean): void {
  useEffect(() => {
    if (isPaused) return undefined;
    let left = everySeconds;
    return onEachSecond(() => {
      left -= 1;
      if (left > 0) return;
      left = everySeconds;
      reload();
    });
  }, [reload, everySeconds, isPaused]);
}
