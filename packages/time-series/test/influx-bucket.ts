import type { InfluxStoreOptions } from "@headwater/time-series/influx";
import { randomUUID } from "node:crypto";

export interface InfluxServer {
  readonly url: string;
  readonly org: string;
  readonly token: string;
}

export interface TestBucket extends InfluxStoreOptions {
  readonly remove: () => Promise<void>;
}

/** The server that HEADWATER_INFLUX_… name; throws if they are not set. */
export function serverFromEnvironment(): InfluxServer {
  return {
    url: setting("HEADWATER_INFLUX_URL"),
    org: setting("HEADWATER_INFLUX_ORG"),
    token: setting("HEADWATER_INFLUX_TOKEN"),
  };
}

/** A bucket of its own, so that nobody's data and nobody's field types are in the way. */
export async function makeBucket(server: InfluxServer, retentionSeconds?: number): Promise<TestBucket> {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Token ${server.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  const name = `contract-${randomUUID()}`;
  const { orgs } = (await call("GET", `/api/v2/orgs?org=${encodeURIComponent(server.org)}`)) as {
    orgs: { id: string }[];
  };
  const retentionRules = retentionSeconds === undefined ? [] : [{ type: "expire", everySeconds: retentionSeconds }];
  const { id } = (await call("POST", "/api/v2/buckets", { orgID: orgs[0]?.id, name, retentionRules })) as {
    id: string;
  };
  return {
    ...server,
    bucket: name,
    async remove() {
      await call("DELETE", `/api/v2/buckets/${id}`);
    },
  };
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new TypeError(`${name} is not set; \`npm run servers -- start\` prints it`);
  return value;
}
