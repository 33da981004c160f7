/** What the API answered instead of what was asked for, or that it did not answer. Its message is fit for a person. */
export class ApiError extends Error {
  /** The HTTP status; undefined if there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
  }
}
