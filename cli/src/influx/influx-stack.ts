import { askInflux } from "./influx-request.ts";
import type { TemplateResource } from "./template.ts";

interface Place {
  readonly url: string;
  readonly token: string;
  readonly orgId: string;
}

/** What a template puts into an organization, or would. */
export interface Applied {
  readonly kind: string;
  readonly name: string;
  /** `remove`: it was in the template that was applied before. */
  readonly change: "new" | "update" | "remove";
}

interface Difference {
  readonly kind: string;
  readonly stateStatus: "new" | "exists" | "remove";
  readonly templateMetaName: string;
  readonly new?: { readonly name?: string };
  readonly old?: { readonly name?: string } | null;
}

const stackName = "headwater";
/** A template is applied resource by resource while its request waits. */
const patienceMs = 60_000;

/**
 * The resources of a template, which InfluxDB keeps together as a stack: applied again they are changed where they are,
 * whatever they are called now, and removed together.
 */
export class InfluxStack {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  async apply(resources: readonly TemplateResource[], { dryRun }: { dryRun: boolean }): Promise<Applied[]> {
    const { orgId: orgID } = this.#place;
    const stackID = (await this.#find()) ?? (dryRun ? undefined : await this.#make());
    const body = { dryRun, orgID, ...(stackID !== undefined && { stackID }), template: { contents: resources } };
    const answer = await this.#ask("POST", "/api/v2/templates/apply", body);
    const { diff } = (await answer.json()) as { diff: Record<string, Difference[] | null> };
    return Object.entries(diff)
      .filter(([list]) => list !== "labelMappings")
      .flatMap(([, list]) => (list ?? []).map(appliedOf));
  }

  /** How many resources were removed; undefined if there is no stack. */
  async remove(): Promise<number | undefined> {
    const id = await this.#find();
    if (id === undefined) return undefined;
    const path = `/api/v2/stacks/${id}`;
    const { resources = [] } = (await (await this.#ask("GET", path)).json()) as { resources?: unknown[] };
    await this.#ask("DELETE", `${path}?orgID=${this.#place.orgId}`);
    return resources.length;
  }

  async #find(): Promise<string | undefined> {
    const path = `/api/v2/stacks?orgID=${this.#place.orgId}&name=${stackName}`;
    const { stacks } = (await (await this.#ask("GET", path)).json()) as {
      stacks: { id: string; name: string; eventType: string }[] | null;
    };
    return stacks?.find(({ name, eventType }) => name === stackName && eventType !== "uninstall")?.id;
  }

  async #make(): Promise<string> {
    const stack = { orgID: this.#place.orgId, name: stackName, description: "Dashboards and checks of Headwater" };
    return ((await (await this.#ask("POST", "/api/v2/stacks", stack)).json()) as { id: string }).id;
  }

  #ask(method: string, path: string, body?: unknown): Promise<Response> {
    const { url, token } = this.#place;
    const asked = { token, timeoutMs: patienceMs, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return askInflux(url, method, path, asked);
  }
}

function appliedOf({ kind, stateStatus, templateMetaName, ...sides }: Difference): Applied {
  const name = sides.new?.name ?? sides.old?.name ?? templateMetaName;
  return { kind, name, change: stateStatus === "exists" ? "update" : stateStatus };
}
