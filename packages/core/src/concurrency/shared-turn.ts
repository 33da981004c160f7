const waiting: (() => void)[] = [];

/**
 * Resolves in a later turn of the event loop, in which nobody else goes on who waits here: however many long works
 * there are at the same time, between two slices of theirs whatever else has come in has its turn.
 */
export function sharedTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(letOneGoOn);
  });
}

function letOneGoOn(): void {
  waiting[0]!();
  waiting.shift();
  if (waiting.length > 0) setImmediate(letOneGoOn);
}
