import { randomUUID } from "node:crypto";
import { openInfluxStore } from "@headwater/time-series/influx";
import type { Backends } from "./rebuild-suite.ts";
import { openBackends } from "./service.ts";

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new RangeError(`${name} is not set; \`npm run servers -- start\` prints it`);
  return value;
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${setting("HEADWATER_INFLUX_URL")}${path}`, {
    method,
    headers: { authorization: `Token ${setting("HEADWATER_INFLUX_TOKEN")}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new RangeError(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** A bucket of its own in the real InfluxDB, and the embedded log. */
export async function openInfluxBackends(): Promise<
  Backends & { readonly writeLines: (lines: string) => Promise<void> }
> {
  const org = setting("HEADWATER_INFLUX_ORG");
  const bucket = `rebuild-${randomUUID()}`;
  const { orgs } = await call<{ orgs: { id: string }[] }>("GET", `/api/v2/orgs?org=${encodeURIComponent(org)}`);
  await call("POST", "/api/v2/buckets", { orgID: orgs[0]!.id, name: bucket, retentionRules: [] });
  const backends = await openBackends();
  const url = setting("HEADWATER_INFLUX_URL");
  const store = openInfluxStore({ url, org, bucket, token: setting("HEADWATER_INFLUX_TOKEN") });
  return {
    ...backends,
    store,
    async writeLines(lines) {
      const path = `/api/v2/write?org=${encodeURIComponent(org)}&bucket=${bucket}&precision=us`;
      const headers = { authorization: `Token ${setting("HEADWATER_INFLUX_TOKEN")}` };
      const response = await fetch(`${url}${path}`, { method: "POST", headers, body: lines });
      if (!response.ok) throw new RangeError(`${response.status} ${await response.text()}`);
    },
    async hasShadow(measurement) {
      const shadow = await store.openShadow!();
      const found = await shadow.listSeries(measurement);
      await shadow.close();
      return found.length > 0;
    },
    async close() {
      await store.close();
      await backends.close();
      for (const name of [bucket, `${bucket}-shadow`]) {
        const { buckets } = await call<{ buckets: { id: string }[] }>("GET", `/api/v2/buckets?name=${name}`).catch(
          () => ({ buckets: [] }),
        );
        for (const { id } of buckets) await call("DELETE", `/api/v2/buckets/${id}`);
      }
    },
  };
}
