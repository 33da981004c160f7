import type { HttpApp } from "@headwater/service";
import { type Static, Type } from "@sinclair/typebox";
import { settingsOf, type Upstream, type UpstreamName, upstreamNames } from "./upstream.ts";

/** A service that does not say how it is within this counts as away. */
const answerWithinMs = 3_000;

const serviceStatus = Type.Object(
  {
    name: Type.Union([Type.Literal("ingest"), Type.Literal("rules"), Type.Literal("gateway")]),
    here: Type.Boolean({ description: "Whether it runs in the process that answers" }),
    state: Type.Union(
      [Type.Literal("ready"), Type.Literal("not-ready"), Type.Literal("away"), Type.Literal("unknown")],
      { description: "unknown: it runs elsewhere, and it was not said where" },
    ),
    reasons: Type.Array(Type.String(), { description: "Why it is not ready, or away; or what else is amiss" }),
  },
  { title: "ServiceStatus" },
);
type ServiceStatus = Static<typeof serviceStatus>;

interface Health {
  readonly reasons?: readonly string[];
  readonly warnings?: readonly string[];
}

interface ServicesOptions {
  /** Those in this process. */
  readonly here: readonly string[];
  readonly upstreams: readonly Upstream[];
}

/** How the services are, each asked for its health. */
export function servicesRoute(app: HttpApp, { here, upstreams }: ServicesOptions): void {
  app.get(
    "/api/v1/services",
    {
      config: { scopes: [] },
      schema: {
        operationId: "listServices",
        summary: "How the services are, those of other processes too",
        tags: ["status"],
        response: { 200: Type.Object({ items: Type.Array(serviceStatus) }, { title: "ServiceStatuses" }) },
      },
    },
    async () => {
      const { statusCode, body } = await app.inject("/health/ready");
      const own = statusOf(statusCode, JSON.parse(body) as Health);
      const elsewhere = upstreamNames.filter((name) => !here.includes(name));
      const asked = await Promise.all(elsewhere.map((name) => askedOf(name, upstreams)));
      const present = (["ingest", ...upstreamNames] as const).filter((name) => here.includes(name));
      const several = here.length > 1;
      return { items: [...present.map((name) => ({ name, here: true, ...ofOne(name, own, several) })), ...asked] };
    },
  );
}

type Condition = Pick<ServiceStatus, "state" | "reasons">;

async function askedOf(name: UpstreamName, upstreams: readonly Upstream[]): Promise<ServiceStatus> {
  const upstream = upstreams.find((each) => each.name === name);
  if (upstream === undefined) {
    const reasons = [`Say in ${settingsOf[name].join(" or ")} where it is`];
    return { name, here: false, state: "unknown", reasons };
  }
  return { name, here: false, ...(await healthOf(upstream)) };
}

async function healthOf({ origin, prefix }: Upstream): Promise<Condition> {
  const address = `${origin}${prefix}/health/ready`;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(answerWithinMs), redirect: "error" });
    if (answer.status === 200 || answer.status === 503) {
      return statusOf(answer.status, (await answer.json()) as Health);
    }
    return { state: "away", reasons: [`${address} answered with ${answer.status}`] };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
    return { state: "away", reasons: [`It does not answer at ${origin} (${why})`] };
  }
}

function statusOf(status: number, { reasons = [], warnings = [] }: Health): Condition {
  return { state: status === 200 ? "ready" : "not-ready", reasons: [...reasons, ...warnings].map(String) };
}

/** Of a process with several services, what it says of one of them and of none. */
function ofOne(name: string, { state, reasons }: Condition, several: boolean): Condition {
  if (!several) return { state, reasons };
  const own = reasons.filter((reason) => {
    const of = /^(ingest|rules|gateway|demo): /.exec(reason)?.[1];
    return of === undefined || of === name;
  });
  return { state: own.length === 0 ? "ready" : state, reasons: own };
}
