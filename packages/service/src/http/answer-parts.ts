import type { KeptAnswers } from "./kept-answers.ts";

/**
 * The parts of a long answer to a request with an Idempotency-Key, each kept for a day before it is sent: when the
 * request is sent again, after its answer was cut, those that were made are there.
 */
export class AnswerParts {
  readonly #answers: KeptAnswers;
  readonly #key: string;
  readonly #request: string;

  /** `request`: its digest, by which the same key with another body is told. */
  constructor(answers: KeptAnswers, key: string, request: string) {
    this.#answers = answers;
    this.#key = key;
    this.#request = request;
  }

  /** Whether the key came with another request before. */
  get isOfAnother(): boolean {
    return this.#answers.find(this.#keyOf("begun"), this.#request) === "another";
  }

  /** What the first request said when it began; this one says `now` if it is the first. */
  async begun(now: string): Promise<string> {
    const known = this.part("begun");
    if (known === undefined) await this.keep("begun", now);
    return known ?? now;
  }

  part(name: string): string | undefined {
    const known = this.#answers.find(this.#keyOf(name), this.#request);
    return typeof known === "object" ? known.text : undefined;
  }

  /** Resolves when it is on disk, or cannot be: it is kept in memory then. */
  async keep(name: string, text: string): Promise<void> {
    const key = this.#keyOf(name);
    this.#answers.begin(key, this.#request);
    await this.#answers.end(key, { status: 200, headers: {}, text });
  }

  #keyOf(name: string): string {
    return JSON.stringify([this.#key, name]);
  }
}
