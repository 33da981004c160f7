import { useSyncExternalStore } from "react";
import { live } from "../data/live.ts";

const words = { connecting: "connecting", live: "live", stale: "offline: what you see may be old" } as const;
const looks = { connecting: "muted", live: "good", stale: "critical" } as const;

export function LiveBadge() {
  const state = useSyncExternalStore(
    (changed) => live.watch(changed),
    () => live.state,
  );
  if (state === "none") return null;
  return (
    <span className={`badge ${looks[state]}`} role="status">
      {words[state]}
    </span>
  );
}
