import { useSyncExternalStore } from "react";
import { onEachSecond } from "./seconds.ts";
import { spanText } from "./span.ts";

/** How long ago something was, or how long it took; drawn anew only when the text is another. */
export function Age({ since, until }: { readonly since: string; readonly until?: string | undefined }) {
  const text = useSyncExternalStore(onEachSecond, () =>
    spanText((until === undefined ? Date.now() : Date.parse(until)) - Date.parse(since)),
  );
  return (
    <time dateTime={since} title={`${new Date(since).toLocaleString()} (${since})`} className="number">
      {text}
    </time>
  );
}
