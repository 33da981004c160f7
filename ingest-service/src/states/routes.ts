import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/event-log/read-model";
import { isoFromMicros, nowMicros, RequestError } from "@headwater/core";
import { afterQuery, type HttpApp, jsonInSlices, principalOf, requireScopes } from "@headwater/service";
import type { TimeSeriesStore } from "@headwater/time-series";
import { deviceState } from "../devices/device-model.ts";
import { presenceChanges } from "../devices/presence-model.ts";
import { unknownDevice } from "../devices/routes.ts";
import type { DeviceSeries } from "../telemetry/device-series.ts";
import { rangeQuery, readRange } from "../telemetry/range-query.ts";
import type { ReadPositions } from "../telemetry/read-positions.ts";
import { alertStates } from "./alert-states.ts";
import { type StateInterval, totalsOf } from "./intervals.ts";
import { metricStates } from "./metric-states.ts";

export interface StateRoutesOptions {
  readonly model: ReadModel;
  readonly store: TimeSeriesStore;
  readonly series: DeviceSeries;
  readonly positions: ReadPositions;
}

const state = Type.Union([Type.String(), Type.Number()]);
const statesSchema = Type.Object(
  {
    device: Type.String(),
    items: Type.Array(
      Type.Object(
        {
          state,
          from: Type.String({ format: "date-time" }),
          to: Type.String({ format: "date-time", description: "Exclusive; of one that goes on the end of the range" }),
          open: Type.Boolean({ description: "Whether it was still so at the end of the range" }),
          count: Type.Optional(Type.Integer({ description: "Readings that said so" })),
          gateway: Type.Optional(Type.String({ description: "Of presence" })),
          reason: Type.Optional(Type.String({ description: "Why a device was disconnected" })),
          alert: Type.Optional(Type.String()),
          rule: Type.Optional(Type.String()),
        },
        { title: "StateInterval" },
      ),
    ),
    totals: Type.Array(
      Type.Object(
        { state, intervals: Type.Integer(), seconds: Type.Number(), count: Type.Optional(Type.Integer()) },
        { title: "StateTotal" },
      ),
      { description: "Of the items; the longest state first" },
    ),
    truncated: Type.Optional(Type.Boolean({ description: "There are more than `limit`" })),
    next: Type.Optional(
      Type.String({ format: "date-time", description: "The `from` that goes on, if it was truncated" }),
    ),
  },
  { title: "DeviceStates" },
);

export function stateRoutes(app: HttpApp, { model, store, series, positions }: StateRoutesOptions): void {
  app.get(
    "/api/v1/devices/:id/states",
    {
      config: { scopes: ["telemetry:read"], conditional: "content", documentedAnswer: statesSchema },
      schema: {
        operationId: "getStates",
        summary: "When a device was in which state: of a metric, of its presence, of its alerts",
        description:
          "Intervals, oldest first, from the state at the beginning of the range on. Those of a metric last until its " +
          "next value that differs; `window` cuts them, so that they can be added up by the day. Presence goes back " +
          "thirty days.",
        tags: ["telemetry"],
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          ...afterQuery,
          of: Type.Union([Type.Literal("metric"), Type.Literal("presence"), Type.Literal("alerts")], {
            default: "metric",
          }),
          metric: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
          from: rangeQuery.from,
          to: rangeQuery.to,
          window: rangeQuery.window,
          tz: rangeQuery.tz,
          limit: Type.Integer({ minimum: 1, maximum: 100_000, default: 10_000 }),
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { of, metric, limit, after, from, to, window: windowText, tz } = request.query;
      if ((of === "metric") !== (metric !== undefined)) throw metricFault(of);
      if (windowText !== undefined && of !== "metric") throw windowOfOthers();
      if (of !== "metric") requireScopes(principalOf(request), [of === "alerts" ? "alerts:read" : "devices:read"]);
      await positions.waitFor(after);
      const asked = readRange({
        from,
        to,
        window: windowText,
        tz,
        ...(windowText !== undefined && { aggregate: "last" }),
      });
      // What has not been yet is in no state.
      const range = { from: asked.from, to: Math.min(asked.to, Math.max(asked.from, nowMicros())), limit };
      const known = deviceState(model.db, id);
      const owner = { device: id, incarnation: known?.incarnation ?? 0, erasedBelow: known?.erasedBelow ?? 0 };
      const found =
        of === "metric"
          ? await metricStates(series, owner, metric!, { ...range, window: asked.window })
          : of === "alerts"
            ? await alertStates(store, id, range)
            : presenceStates(model, id, range);
      if (found.length === 0 && known?.device === undefined && (await series.fields(owner)).length === 0) {
        throw unknownDevice(id);
      }
      const shown = found.slice(0, limit);
      const next = found[limit]?.from;
      const totals = await totalsOf(shown);
      const answer = await jsonInSlices({
        head: { device: id },
        name: "items",
        items: shown,
        textOf: (each) => JSON.stringify({ ...each, from: isoFromMicros(each.from), to: isoFromMicros(each.to) }),
        tail: { totals, ...(next !== undefined && { truncated: true, next: isoFromMicros(next) }) },
      });
      return reply.type("application/json; charset=utf-8").send(answer);
    },
  );
}

function presenceStates(
  model: ReadModel,
  device: string,
  range: { readonly from: number; readonly to: number; readonly limit: number },
): readonly StateInterval[] {
  const { from, to, limit } = range;
  const changes = presenceChanges(model.db, device, { from, to, limit: limit + 2 });
  return changes
    .map(({ connected, since, gateway, reason }, i) => ({
      state: connected ? "connected" : "disconnected",
      from: Math.max(since, from),
      to: changes[i + 1]?.since ?? to,
      open: changes[i + 1] === undefined,
      gateway,
      ...(reason !== undefined && { reason }),
    }))
    .filter((each) => each.from < each.to);
}

function metricFault(of: string): RequestError {
  return of === "metric"
    ? new RequestError(400, "metric-missing", "States of a metric need a `metric`; or ask `of=presence` or `of=alerts`")
    : new RequestError(400, "metric-of-others", `\`of=${of}\` has no \`metric\`; leave one of both out`);
}

function windowOfOthers(): RequestError {
  return new RequestError(400, "window-of-states", "`window` cuts the states of a metric; leave it or `of` out");
}
