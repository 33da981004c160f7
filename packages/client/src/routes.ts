import type { components, paths } from "../generated/api.ts";

/** The schemas of the API by their names. */
export type Schemas = components["schemas"];

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The operation of a path under a method; never if it has none. */
type Operation<P extends keyof paths, M extends Method> =
  Lowercase<M> extends keyof paths[P] ? NonNullable<paths[P][Lowercase<M>]> : never;

/** The paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: [Operation<P, M>] extends [never] ? never : P;
}[keyof paths];

type Json<T> = T extends { content: { "application/json": infer Answer } } ? Answer : never;
type Success<T> = T extends { responses: infer Responses }
  ? Json<Responses[Extract<keyof Responses, 200 | 201 | 202>]>
  : never;

/** What an operation answers with where it succeeds. */
export type AnswerOf<M extends Method, P extends PathOf<M>> = Success<Operation<P, M>>;

type Field<T, K extends string> = T extends { parameters: Record<K, infer Value> } ? NonNullable<Value> : never;
type Part<K extends string, Value> = [Value] extends [never]
  ? { readonly [Name in K]?: never }
  : Record<string, never> extends Value
    ? { readonly [Name in K]?: Value }
    : { readonly [Name in K]: Value };
type OptionalField<T, K extends string> = T extends { parameters: { [Name in K]?: infer Value } }
  ? [NonNullable<Value>] extends [never]
    ? never
    : NonNullable<Value>
  : never;
type BodyOf<T> = T extends { requestBody: { content: { "application/json": infer Body } } }
  ? { readonly body: Body }
  : T extends { requestBody?: { content: { "application/json": infer Body } } }
    ? { readonly body?: Body }
    : { readonly body?: never };

/** A write happens only if its resource is at this revision; else it fails with 412. */
type Condition<T> = T extends { parameters: { header?: { "if-match"?: unknown } } }
  ? { readonly ifMatch?: number | undefined }
  : unknown;

/** The parameters and the body of an operation, and the condition under which it may write. */
export type InputOf<M extends Method, P extends PathOf<M>> = Condition<Operation<P, M>> &
  Part<"path", Field<Operation<P, M>, "path">> &
  (Operation<P, M> extends { parameters: { query: infer Query } }
    ? { readonly query: Query }
    : { readonly query?: OptionalField<Operation<P, M>, "query"> }) &
  BodyOf<Operation<P, M>> & {
    /** How long to wait for the answer; default: 30 s. */
    readonly waitMs?: number;
  };

/** A path with its parameters and query, encoded. */
export function pathOf(
  template: string,
  { path = {}, query = {} }: { path?: Readonly<Record<string, unknown>>; query?: Readonly<Record<string, unknown>> },
): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(path[name])));
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) parameters.append(name, String(each));
    }
  }
  return parameters.size === 0 ? filled : `${filled}?${parameters.toString()}`;
}
