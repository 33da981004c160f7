import { HeadwaterError } from "@headwater/core";
import type { InfluxConnection, InfluxStoreOptions } from "./connection.ts";
import { type InfluxqlSeries, seriesOfStatements } from "./influxql-answer.ts";

interface Buckets {
  readonly buckets?: readonly { readonly id: string; readonly orgID: string }[];
}

interface Mappings {
  readonly content?: readonly { readonly bucketID: string; readonly retention_policy: string }[];
}

/** The retention policy of a bucket that nobody has mapped by hand. */
const policy = "autogen";
/** A bucket may be mapped by hand at any time. */
const trustMs = 60_000;
/** Until an endpoint that refused is asked again. */
const refusedMs = 600_000;

/**
 * InfluxQL of InfluxDB 2, at its endpoint of version 1. A question names a database there, which InfluxDB maps to a
 * bucket of the organization that the token belongs to. So it is asked only while the bucket's name leads to this
 * bucket and to no other, and not for ten minutes after a refusal.
 */
export class InfluxqlEndpoint {
  readonly #connection: InfluxConnection;
  readonly #options: InfluxStoreOptions;
  #usable: Promise<boolean> | undefined;
  #until = 0;
  #refusal: string | undefined;

  constructor(connection: InfluxConnection, options: InfluxStoreOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** What each statement has found; undefined where InfluxQL cannot be had and Flux has to be asked. */
  async ask(statements: readonly string[]): Promise<readonly (readonly InfluxqlSeries[])[] | undefined> {
    if (!(await this.#isUsable())) return undefined;
    const { url, bucket } = this.#options;
    try {
      const answer = await this.#connection.influxql(statements.join("; "), bucket, policy);
      const read = seriesOfStatements(answer, statements.length, url);
      if ("found" in read) return read.found;
      this.#refused(read.refused);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refused(error.message);
    }
    return undefined;
  }

  #isUsable(): Promise<boolean> {
    if (this.#usable !== undefined && performance.now() < this.#until) return this.#usable;
    this.#until = performance.now() + trustMs;
    const usable = this.#check();
    this.#usable = usable;
    usable.catch(() => {
      if (this.#usable === usable) this.#usable = undefined;
    });
    return usable;
  }

  async #check(): Promise<boolean> {
    try {
      const fault = await this.#mappingFault();
      if (fault === undefined) this.#refusal = undefined;
      else this.#refused(fault);
      return fault === undefined;
    } catch (error) {
      // What is no JSON is a page of something in between.
      const isPage = error instanceof HeadwaterError && error.cause instanceof SyntaxError;
      if (!isRefusal(error) && !isPage) throw error;
      this.#refused(error.message);
      return false;
    }
  }

  async #mappingFault(): Promise<string | undefined> {
    const { org, bucket } = this.#options;
    const [name, ofOrg] = [`name=${encodeURIComponent(bucket)}`, `org=${encodeURIComponent(org)}`];
    if (bucket.includes("/")) return "its name has a slash, which parts a database from a policy";
    // Something in between may answer with nothing.
    const get = async <T extends object>(path: string): Promise<Partial<T>> =>
      (await this.#connection.resource<T | undefined>("GET", path)) ?? {};
    const { buckets: ours = [] } = await get<Buckets>(`/api/v2/buckets?${ofOrg}&${name}`);
    const { buckets: all = [] } = await get<Buckets>(`/api/v2/buckets?${name}`);
    const [one] = ours;
    if (one === undefined) return "the token may not see it";
    if (all.length !== 1 || all[0]?.id !== one.id) return "the token may use another of that name";
    const mapped = `orgID=${one.orgID}&db=${encodeURIComponent(bucket)}&rp=${policy}`;
    const { content = [] } = await get<Mappings>(`/api/v2/dbrps?${mapped}`);
    const isOurs = content.length === 1 && content[0]?.bucketID === one.id;
    return isOurs ? undefined : "a mapping of databases to buckets (DBRP) leads elsewhere, or there is none";
  }

  #refused(reason: string): void {
    this.#usable = Promise.resolve(false);
    this.#until = performance.now() + refusedMs;
    if (this.#refusal === reason) return;
    this.#refusal = reason;
    const { bucket, logger } = this.#options;
    logger?.info({ bucket, reason }, "InfluxQL cannot be had of this bucket: latest values are asked for in Flux");
  }
}

/** Something has answered, if not as was hoped. A server that is overloaded is not asked in another way. */
function isRefusal(error: unknown): error is HeadwaterError {
  if (!(error instanceof HeadwaterError)) return false;
  const status = error.details?.["status"];
  return typeof status === "number" && status !== 429 && status !== 503;
}
