import type { InfluxStoreOptions } from "@headwater/time-series/influx";

export type InfluxCall = <T>(method: string, path: string, body?: object) => Promise<T>;

export function influxApi({ url, token }: Pick<InfluxStoreOptions, "url" | "token">): InfluxCall {
  return async <T>(method: string, path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Token ${token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
}

/** Removes the buckets and the task that a store has made for its roll-ups. */
export async function removeRollups(options: InfluxStoreOptions): Promise<void> {
  const api = influxApi(options);
  const org = encodeURIComponent(options.org);
  const { tasks } = await api<{ tasks: { id: string }[] }>(
    "GET",
    `/api/v2/tasks?org=${org}&name=${encodeURIComponent(`headwater roll-ups of ${options.bucket}`)}`,
  );
  for (const { id } of tasks) await api("DELETE", `/api/v2/tasks/${id}`);
  for (const each of ["minute", "hour"]) {
    const { buckets } = await api<{ buckets: { id: string; name: string }[] }>(
      "GET",
      `/api/v2/buckets?org=${org}&limit=100`,
    );
    for (const { id, name } of buckets)
      if (name === `${options.bucket}-${each}`) await api("DELETE", `/api/v2/buckets/${id}`);
  }
}
