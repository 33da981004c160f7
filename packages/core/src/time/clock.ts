/** Milliseconds to add to `performance.now()` to get the wall clock; corrected whenever the two part. */
let offset = Date.now() - performance.now();

/**
 * The wall clock in integer microseconds since the epoch. `Date.now()` decides the millisecond, so a step of the
 * system's clock is followed at once; the monotonic clock only fills in what lies below it.
 */
export function nowMicros(): number {
  const wall = Date.now();
  let now = performance.now() + offset;
  if (now < wall) {
    offset += wall - now;
    now = wall;
  } else if (now >= wall + 1) {
    offset -= now - (wall + 0.999);
    now = wall + 0.999;
  }
  // Rounding to the double's grid could leave the millisecond by a fraction of a microsecond.
  return Math.min(wall * 1000 + 999, Math.max(wall * 1000, Math.floor(now * 1000)));
}
