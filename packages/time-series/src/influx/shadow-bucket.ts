import { StoreRejectedCredentialsError } from "../errors.ts";
import { InfluxRefusedError } from "./influx-errors.ts";
import type { InfluxConnection } from "./connection.ts";

interface Buckets {
  readonly buckets?: readonly { readonly orgID: string }[];
}

/** The bucket for points that are compared before they replace others. */
export function shadowBucket(bucket: string): string {
  return `${bucket}-shadow`;
}

/** Whether there is such a bucket that the token may see. */
export async function hasBucket(connection: InfluxConnection, org: string, name: string): Promise<boolean> {
  return (await find(connection, org, name)).buckets?.[0] !== undefined;
}

function find(connection: InfluxConnection, org: string, name: string): Promise<Buckets> {
  const query = `org=${encodeURIComponent(org)}&name=${encodeURIComponent(name)}`;
  return connection.resource<Buckets>("GET", `/api/v2/buckets?${query}`, undefined, { buckets: [] });
}

/**
 * Makes the bucket if it is missing, without retention, and answers with its name. It stays when it is used no more:
 * another instance may be at work in it.
 */
export async function ensureShadowBucket(
  connection: InfluxConnection,
  { org, bucket }: { readonly org: string; readonly bucket: string },
): Promise<string> {
  const name = shadowBucket(bucket);
  try {
    if (await hasBucket(connection, org, name)) return name;
    const orgID = (await find(connection, org, bucket)).buckets?.[0]?.orgID;
    if (orgID === undefined) throw new StoreRejectedCredentialsError(`the token may not see the bucket ${bucket}`);
    try {
      await connection.resource("POST", "/api/v2/buckets", { orgID, name, retentionRules: [] });
    } catch (error) {
      // Another instance that is at the same rebuild may have made it in between.
      if (!(error instanceof InfluxRefusedError) || !(await hasBucket(connection, org, name))) throw error;
    }
    return name;
  } catch (error) {
    if (!(error instanceof StoreRejectedCredentialsError)) throw error;
    throw new StoreRejectedCredentialsError(
      `a rebuild needs the bucket ${name}, which the token of InfluxDB may neither see nor make: give it "write buckets" ` +
        `of the organization ${org}, or run: influx bucket create --name ${name} --retention 0, and let the token read and write it`,
      { cause: error },
    );
  }
}
