import { InfluxTokenError } from "./errors.ts";
import { askInflux, type Asked } from "./influx-request.ts";

export type BucketAccess = "read" | "write";

export interface InfluxPlace {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  /** Further buckets that a token is for: those of roll-ups, and of rebuilds. */
  readonly furtherBuckets?: readonly string[];
  /** Whether a token that writes sees what the task of the roll-ups does. */
  readonly readsTasks?: boolean;
}

export interface Bucket {
  readonly id: string;
  readonly orgId: string;
}

/** A token in InfluxDB's own list. */
export interface Authorization {
  readonly id: string;
  readonly token: string;
  readonly description: string;
}

const listPath = "/api/v2/authorizations";

/**
 * What of InfluxDB's HTTP API concerns tokens. No message shows a token. Methods reject with
 * StoreUnavailableError while InfluxDB does not answer, else with InfluxTokenError.
 */
export class InfluxApi {
  readonly #place: InfluxPlace;

  constructor(place: InfluxPlace) {
    this.#place = place;
  }

  /** All that a token is for. */
  async buckets(operatorToken: string, names = this.#names): Promise<readonly Bucket[]> {
    const { org } = this.#place;
    const probe = await this.#ask("GET", listPath, { token: operatorToken, alsoFine: [401] });
    await probe.body?.cancel();
    if (probe.status === 401) throw new InfluxTokenError("InfluxDB does not know the operator's token");
    const all: Bucket[] = [];
    for (const name of names) {
      const found = await this.#bucketAsSeenBy(operatorToken, name);
      if (found === undefined) throw new InfluxTokenError(`InfluxDB has no bucket ${name} in the organization ${org}`);
      all.push(found);
    }
    return all;
  }

  /** Whether InfluxDB takes the token, for what the access allows and nothing beyond it. */
  async allowsExactly(token: string, access: BucketAccess): Promise<boolean> {
    const { org } = this.#place;
    for (const bucket of this.#names) {
      if ((await this.#bucketAsSeenBy(token, bucket)) === undefined) return false;
      // A write of nothing tells whether something could be written.
      const path = `/api/v2/write?org=${encodeURIComponent(org)}&bucket=${encodeURIComponent(bucket)}`;
      const write = await this.#ask("POST", path, { token, body: "", alsoFine: [401, 403, 404] });
      if (write.ok !== (access === "write")) return false;
    }
    // An operator's token sees other tokens; one that may only use buckets sees none.
    const list = await this.#ask("GET", listPath, { token });
    return ((await list.json()) as { authorizations: unknown[] }).authorizations.length === 0;
  }

  async authorizations(operatorToken: string, description: string): Promise<Authorization[]> {
    const path = `${listPath}?org=${encodeURIComponent(this.#place.org)}`;
    const answer = await this.#ask("GET", path, { token: operatorToken });
    const { authorizations } = (await answer.json()) as { authorizations: Authorization[] };
    return authorizations.filter((each) => each.description === description);
  }

  async authorize(
    operatorToken: string,
    buckets: readonly Bucket[],
    access: BucketAccess,
    description: string,
  ): Promise<string> {
    const orgID = buckets[0]?.orgId;
    // Who writes reads as well: ingest answers queries from the bucket.
    const actions = access === "write" ? ["read", "write"] : ["read"];
    const body = JSON.stringify({
      orgID,
      description,
      permissions: [
        ...buckets.flatMap(({ id }) => actions.map((action) => ({ action, resource: { type: "buckets", id, orgID } }))),
        // Whether the task of the roll-ups runs, and until when it has.
        ...(access === "write" && this.#place.readsTasks === true
          ? [{ action: "read", resource: { type: "tasks", orgID } }]
          : []),
      ],
    });
    const answer = await this.#ask("POST", listPath, { token: operatorToken, body });
    return ((await answer.json()) as { token: string }).token;
  }

  async revoke(operatorToken: string, id: string): Promise<void> {
    await this.#ask("DELETE", `/api/v2/authorizations/${id}`, { token: operatorToken, alsoFine: [404] });
  }

  get #names(): readonly string[] {
    return [this.#place.bucket, ...(this.#place.furtherBuckets ?? [])];
  }

  async #bucketAsSeenBy(token: string, bucket: string): Promise<Bucket | undefined> {
    const { org } = this.#place;
    const path = `/api/v2/buckets?org=${encodeURIComponent(org)}&name=${encodeURIComponent(bucket)}`;
    const answer = await this.#ask("GET", path, { token, alsoFine: [401, 403, 404] });
    if (!answer.ok) return undefined;
    const { buckets = [] } = (await answer.json()) as { buckets?: { id: string; orgID: string }[] };
    const found = buckets[0];
    return found === undefined ? undefined : { id: found.id, orgId: found.orgID };
  }

  #ask(method: string, path: string, asked: Asked): Promise<Response> {
    return askInflux(this.#place.url, method, path, asked);
  }
}
