/**
 * Work that runs when somebody asks for it, once at a time; what is asked for meanwhile is done by the same run or the
 * next. A run that fails ends, and the next one who asks begins another.
 */
export class AskedWork {
  readonly #run: () => Promise<void>;
  readonly #over: AbortSignal;
  readonly #onFailure: (error: unknown) => void;
  #isRunning = false;
  #isAsked = false;

  constructor(run: () => Promise<void>, over: AbortSignal, onFailure: (error: unknown) => void) {
    this.#run = run;
    this.#over = over;
    this.#onFailure = onFailure;
  }

  ask(): void {
    this.#isAsked = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run()
      .catch((error: unknown) => {
        if (this.#over.aborted) return;
        this.#isAsked = false;
        this.#onFailure(error);
      })
      .finally(() => {
        this.#isRunning = false;
        // It was asked between the end of the run and here.
        if (this.#isAsked && !this.#over.aborted) this.ask();
      });
  }

  /** For the run: whether there is something to do, which it does now. */
  take(): boolean {
    const isAsked = this.#isAsked && !this.#over.aborted;
    if (isAsked) this.#isAsked = false;
    return isAsked;
  }
}
