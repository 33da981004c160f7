/** Of one turn: half of a frame, so that what else a page does has room in it. */
const sliceMs = 8;
/** Looks at the clock take time, too. */
const stepsBetweenLooks = 32;

/**
 * Does what takes longer than a frame in several turns of the event loop, between which the page answers.
 *
 * @param step does the next bit; false: there is no more
 * @returns what ends it before its time
 */
export function inSlices(step: () => boolean, done: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slice = (): void => {
    const end = performance.now() + sliceMs;
    do {
      for (let steps = 0; steps < stepsBetweenLooks; steps += 1) {
        if (step()) continue;
        done();
        return;
      }
    } while (performance.now() < end);
    timer = setTimeout(slice);
  };
  timer = setTimeout(slice);
  return () => clearTimeout(timer);
}
