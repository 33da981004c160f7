import { Type } from "@sinclair/typebox";
import { STATUS_CODES } from "node:http";
import { type HeadwaterError, RequestError } from "@headwater/core";
import type { SchemaProblem } from "../schema/problems.ts";

export const problemType = "application/problem+json";

/** RFC 9457, with the places of a body or query that were wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The stable name of the kind of problem. */
  readonly code: string;
  /** Names this one occurrence, in the log as well. */
  readonly instance?: string;
  readonly errors?: readonly SchemaProblem[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The problem's schema, for OpenAPI and for the `response` of a route. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: "A URI of the kind of problem" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "What was wrong, and what to do" }),
    code: Type.String({
      description: "The stable name of the kind of problem; the API's description lists all of them",
    }),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ description: "JSON pointer to the place" }),
          detail: Type.String({ description: "What is wrong there, and what to do" }),
        }),
      ),
    ),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: "Problem" },
);

export function makeProblem(
  status: number,
  code: string,
  detail: string,
  more: Pick<Problem, "errors" | "details" | "instance"> = {},
): Problem {
  return {
    type: `urn:headwater:problem:${code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail,
    ...more,
  };
}

/** A request that does not fit its schema; `errors` has the places and what to do. */
export class InvalidRequestError extends RequestError {
  readonly errors: readonly SchemaProblem[];

  constructor(part: string, errors: readonly SchemaProblem[]) {
    const [first] = errors;
    const where = first === undefined || first.pointer === "" ? "" : ` ${first.pointer}`;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    super(400, "invalid-request", `The ${part}${where} ${first?.detail ?? "does not fit"}${more}`);
    this.errors = errors;
  }
}

/** The status of an error, which follows from its advice. */
export function statusOf(error: HeadwaterError): number {
  if (error instanceof RequestError) return error.status;
  switch (error.advice) {
    case "retry":
    case "wait":
      return 503;
    case "quarantine":
    case "reject":
      return 422;
    case "stop":
      return 500;
  }
}

export function problemOf(error: HeadwaterError, instance: string): Problem {
  const status = statusOf(error);
  const errors = error instanceof InvalidRequestError ? { errors: error.errors } : {};
  const details = Object.keys(error.details).length > 0 && status < 500 ? { details: error.details } : {};
  return makeProblem(status, error.code, error.message, { ...errors, ...details, instance });
}
