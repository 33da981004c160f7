const tickMs = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function start(): void {
  timer ??= setInterval(() => {
    for (const listener of listeners) listener();
  }, tickMs);
}

function stop(): void {
  clearInterval(timer);
  timer = undefined;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) stop();
  else if (listeners.size > 0) start();
});

/** Tells once a second that time goes on, as long as somebody looks. */
export function onEachSecond(listener: () => void): () => void {
  listeners.add(listener);
  if (!document.hidden) start();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) stop();
  };
}
