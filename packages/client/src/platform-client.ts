import { callThrough, createApiClient, type ApiClient } from "./api-client.ts";
import { ApiError, BadAddressError, NotServedError, ProblemError } from "./api-error.ts";

/** What a process says of itself and of the others, at `GET /api/v1`. */
interface Directory {
  /** The services that run in it. */
  readonly services?: readonly string[];
  /** Where the others are, as far as it was told. */
  readonly urls?: { readonly ingest?: string; readonly rules?: string; readonly gateway?: string };
}

type ServiceName = "ingest" | "rules" | "gateway";

export interface PlatformClientOptions {
  /** The address of any service; the others are found through it. */
  readonly url: string;
  /** The address of the rules service, whatever the one at `url` says. */
  readonly rulesUrl?: string | undefined;
  readonly token: string;
}

/**
 * Speaks to Headwater's REST API wherever a route is served: separate services have an address each, and any of them
 * says where the others are if it was told. Throws BadAddressError for an address that is none. Calls throw
 * NotServedError as well, for a path that nobody known serves.
 */
export function createPlatformClient({ url, rulesUrl, token }: PlatformClientOptions): ApiClient {
  for (const address of [url, rulesUrl]) {
    if (address !== undefined && !/^https?:\/\/[^/]/i.test(address)) throw new BadAddressError(address);
  }
  const clients = new Map<string, ApiClient>();
  const clientAt = (base: string): ApiClient => {
    const known = clients.get(base) ?? createApiClient(base, token);
    clients.set(base, known);
    return known;
  };
  let asked: Promise<Directory> | undefined;
  const baseFor = async (path: string): Promise<string> => {
    const service = serviceOf(path);
    if (service === "rules" && rulesUrl !== undefined) return rulesUrl;
    const { services = [], urls = {} } = await (asked ??= directoryOf(clientAt(url)));
    return services.includes(service) ? url : (urls[service] ?? url);
  };
  const served = async <T>(path: string, call: (client: ApiClient) => Promise<T>): Promise<T> => {
    const base = await baseFor(path);
    return call(clientAt(base)).catch((error: unknown) => {
      throw isNothingThere(error) ? new NotServedError(base, path, { cause: error }) : error;
    });
  };
  const api: ApiClient = {
    call: callThrough((...request) => api.request(...request)),
    request: (method, path, ...rest) => served(path, (client) => client.request(method, path, ...rest)),
    stream: (path, ...rest) => served(path, (client) => client.stream(path, ...rest)),
  };
  return api;
}

function serviceOf(path: string): ServiceName {
  if (/^\/api\/v1\/(?:rules|alerts|backtests|maintenance)\b/.test(path)) return "rules";
  // Of telemetry itself a gateway takes what devices send; what is asked about it is asked of ingest.
  return /^\/api\/v1\/(?:gateway\b|telemetry(?:$|\?))/.test(path) ? "gateway" : "ingest";
}

/**
 * An earlier release, or a proxy in front of it, says nothing: everything is where it was asked, then. If nobody
 * answers, the call itself says so.
 */
async function directoryOf(client: ApiClient): Promise<Directory> {
  try {
    const directory = await client.request<Directory>("GET", "/api/v1");
    return typeof directory === "object" && directory !== null ? directory : {};
  } catch (error) {
    if (error instanceof ApiError) return {};
    throw error;
  }
}

/** A path without a route, and not a route whose thing does not exist. */
function isNothingThere(error: unknown): boolean {
  if (!(error instanceof ProblemError) || error.status !== 404) return false;
  return error.problem.detail === undefined || error.problem.detail.startsWith("There is nothing at ");
}
