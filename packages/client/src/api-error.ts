/** The body of an answer that is an error: problem details as RFC 9457 has them, with Headwater's own members. */
export interface ProblemDetails {
  readonly title?: string;
  readonly detail?: string;
  /** The kind of problem, stable and in kebab-case. */
  readonly code?: string;
  /** The faults of the request, each with the JSON pointer to its place. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** A call to the API failed. The message is one line for a person. */
export abstract class ApiError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The API did not answer: nothing listens there, the connection broke, or the time was over. */
export class NoAnswerError extends ApiError {}

/** The API answered with a problem. */
export class ProblemError extends ApiError {
  /** The HTTP status. */
  readonly status: number;
  readonly problem: ProblemDetails;
  /** What the platform says is wrong, and where, without the call that it answered; undefined: it does not say. */
  readonly reason: string | undefined;

  constructor(call: string, status: number, body: string) {
    const problem = problemOf(body);
    const reason = describe(problem);
    super(`${call}: ${status} ${reason ?? body.slice(0, 500).replaceAll(/\s+/g, " ")}`.trimEnd());
    this.status = status;
    this.problem = problem;
    this.reason = reason;
  }
}

/** The answer is none of this API: another program listens there, or another release. */
export class ForeignAnswerError extends ApiError {
  constructor(call: string, options?: ErrorOptions) {
    super(`${call}: the answer is none of Headwater's API; is Headwater what listens there, in this release?`, options);
  }
}

/** An address that is no URL of HTTP. */
export class BadAddressError extends ApiError {
  constructor(address: string) {
    super(`${JSON.stringify(address)} is not the address of a service; it has to be like http://127.0.0.1:8080`);
  }
}

/** The service at that address has no such route: another one of the platform does. */
export class NotServedError extends ApiError {
  constructor(base: string, path: string, options?: ErrorOptions) {
    super(`${base} does not serve ${path.split("?", 1)[0]}`, options);
  }
}

/** The problem in an answer's body; an empty one if a proxy or another program wrote it. */
function problemOf(body: string): ProblemDetails {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function describe({ title, detail, errors = [] }: ProblemDetails): string | undefined {
  const text = detail ?? title;
  if (typeof text !== "string") return undefined;
  const places = errors.map((error) => `${error.pointer} ${error.detail}`.trim());
  return [text, ...places.filter((place) => !text.includes(place))].join("; ").replaceAll(/\s+/g, " ");
}
