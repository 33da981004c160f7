import type { ApiClient } from "@headwater/client";

/** An operation of the API, as OpenAPI describes it. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** All that the platform serves, of its three services. */
export async function operationsOf(api: ApiClient): Promise<readonly Operation[]> {
  type Described = { operationId: string; security: Operation["security"] };
  const { paths } = await api.request<{ paths: Record<string, Record<string, Described>> }>(
    "GET",
    "/api/v1/openapi.json",
  );
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: name, security }]) => ({
      ...{ name, path, security },
      method: method.toUpperCase(),
    })),
  );
}
