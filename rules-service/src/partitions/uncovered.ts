/** What was applied since the last checkpoint: all that a restart applies again. */
export class Uncovered {
  /** Records and control events. */
  count = 0;
  /** Keys and values of the records. */
  bytes = 0;
  /** How long that took; a restart takes about as long for it. */
  milliseconds = 0;
  /** Rules were adopted: a restart before the next checkpoint would warm them again. */
  hasWarmed = false;

  clear(): void {
    this.count = 0;
    this.bytes = 0;
    this.milliseconds = 0;
    this.hasWarmed = false;
  }
}
