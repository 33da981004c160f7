import { useCallback, useEffect, useRef, useState } from "react";
import { sessionChanges } from "./api.ts";
import { live } from "./live.ts";

/** What was asked of the platform: while it is asked anew, or if that fails, the former answer stays in sight. */
export type Resource<T> =
  | { readonly state: "loading"; readonly value: T | undefined }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly value: T | undefined; readonly problem: Error };

interface Held<T> {
  readonly key: string;
  readonly resource: Resource<T>;
}

/**
 * Asks for something, and again when its key changes, `reload` is called, or the platform or a session is back. One
 * question is under way at a time: reloads that come meanwhile are one more question after it.
 */
export function useResource<T>(key: string, load: () => Promise<T>): { resource: Resource<T>; reload: () => void } {
  const [held, setHeld] = useState<Held<T>>({ key, resource: { state: "loading", value: undefined } });
  const latest = useRef(load);
  latest.current = load;
  const ask = useRef<() => void>(() => {});
  useEffect(() => {
    let isOver = false;
    let isAsking = false;
    let isWanted = false;
    const settle = (next: (before: T | undefined) => Resource<T>): void => {
      isAsking = false;
      if (isOver) return;
      setHeld((before) => ({ key, resource: next(before.key === key ? before.resource.value : undefined) }));
      if (isWanted) ask.current();
    };
    ask.current = () => {
      isWanted = isAsking;
      if (isAsking) return;
      isAsking = true;
      latest.current().then(
        (value) => settle(() => ({ state: "ready", value })),
        (problem: Error) => settle((value) => ({ state: "failed", value, problem })),
      );
    };
    ask.current();
    const again = (): void => ask.current();
    const stop = live.onReturn(again);
    sessionChanges.addEventListener("begun", again);
    return () => {
      isOver = true;
      stop();
      sessionChanges.removeEventListener("begun", again);
    };
  }, [key]);
  const reload = useCallback(() => ask.current(), []);
  const resource: Resource<T> = held.key === key ? held.resource : { state: "loading", value: undefined };
  return { resource, reload };
}
