import { isoFromMicros, nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import { type HttpServer, timeReference } from "@headwater/service";
import { Type } from "@sinclair/typebox";
import { Readable } from "node:stream";
import type { DurablePath } from "../pipeline/durable-path.ts";
import type { Lanes } from "../pipeline/lanes/lanes.ts";
import { kindNames, kindOf, lineOf, receivedAtOf, spooledRecord } from "./spooled-record.ts";
import { spooledFrames, surveySpool, type Spooling } from "./survey.ts";

/** The parts that can be inspected once the gateway has started. */
export interface Inspected {
  readonly gateway: string;
  readonly path: DurablePath;
  readonly lanes: Lanes;
}

const count = Type.Integer();
const kind = Type.Union(kindNames.map((name) => Type.Literal(name)));

const depthSchema = Type.Object(
  {
    gateway: Type.String(),
    durable: Type.Union([Type.Literal("spool"), Type.Literal("log")], {
      description: "log: there is no spool, an append to the log on this machine is the durable write",
    }),
    records: Type.Integer({ description: "Records that wait for the event log" }),
    bytes: Type.Integer({ description: "Bytes of these" }),
    oldestAt: Type.Union([Type.String(), Type.Null()], { description: "When the oldest of them was received" }),
    oldestAgeSeconds: Type.Number(),
    kinds: Type.Record(Type.String(), count),
    disk: Type.Object({ bytes: count, waitingBytes: count, segments: count }),
    log: Type.Object({ state: Type.String(), problem: Type.Optional(Type.String()), heldPartitions: count }),
    lanes: Type.Array(Type.Object({ partition: count, n: count, forwarded: count })),
    devices: Type.Array(Type.Object({ device: Type.String(), records: count, bytes: count })),
    deviceCount: Type.Integer({ description: "Devices with records that wait" }),
    corrupt: Type.Array(Type.Object({ file: Type.String(), bytes: count }), {
      description: "What could not be read and was set aside, in the gateway's spool folder",
    }),
  },
  { title: "Spool" },
);

const depthQuery = Type.Object({
  devices: Type.Integer({ minimum: 0, maximum: 1000, default: 10, description: "How many devices at most" }),
  device: Type.Optional(Type.String({ maxLength: 200, description: "Only this one" })),
});

const recordsQuery = Type.Object({
  from: Type.Optional(
    Type.String({ maxLength: 60, description: "Received at or after: ISO 8601, or like -1h", ...timeReference }),
  ),
  to: Type.Optional(Type.String({ maxLength: 60, description: "Received before", ...timeReference })),
  device: Type.Optional(Type.String({ maxLength: 200 })),
  kind: Type.Optional(kind),
  limit: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1000, description: "How many records at most" }),
  raw: Type.Boolean({ default: false, description: "Also the bytes of each record, in base64" }),
  all: Type.Boolean({ default: false, description: "Also those that the log has taken and that are still kept" }),
});

/**
 * What waits in the spool, counted, and the records themselves. Reads the files beside the forwarder; one such reading
 * at a time.
 */
export function inspectRoutes({ app, closing }: HttpServer, inspected: () => Inspected | undefined): void {
  let reading = false;
  const present = (): Inspected => {
    const found = inspected();
    if (found !== undefined) return found;
    throw new RequestError(503, "starting", "The gateway has not started yet; try again shortly");
  };
  const begin = (): void => {
    if (reading) {
      throw new RequestError(429, "inspected-already", "The spool is being read for another request; try again later");
    }
    reading = true;
  };

  app.get(
    "/api/v1/gateway/spool",
    {
      schema: {
        operationId: "getSpool",
        summary: "What waits in the spool",
        tags: ["gateway"],
        querystring: depthQuery,
        response: { 200: depthSchema },
      },
    },
    async ({ query }) => {
      const { gateway, path, lanes } = present();
      const { spooling, health } = path;
      const problem = health.describe();
      const log = { state: health.state, ...(problem !== undefined && { problem }) };
      if (spooling === undefined) return withoutSpool(gateway, lanes, log);
      begin();
      try {
        const { spool, forwarder } = spooling;
        const survey = await surveySpool(spooling, { top: query.devices, device: query.device, signal: closing });
        const { oldestAt, kinds, ...rest } = survey;
        const done = forwarder.lanesDone;
        return {
          ...{ gateway, durable: "spool" as const, ...rest, kinds: { ...kinds } },
          oldestAt: oldestAt === undefined ? null : isoFromMicros(oldestAt),
          oldestAgeSeconds: oldestAt === undefined ? 0 : Math.max(0, (nowMicros() - oldestAt) / 1e6),
          disk: {
            bytes: spool.bytes,
            waitingBytes: spool.files.bytesAfter(forwarder.place),
            segments: spool.files.numbers.length,
          },
          log: { ...log, heldPartitions: forwarder.parkedPartitions },
          lanes: lanes.all.map(({ partition, n }) => ({ partition, n, forwarded: done[partition] ?? 0 })),
          devices: [...rest.devices],
          corrupt: [...rest.corrupt],
        };
      } finally {
        reading = false;
      }
    },
  );

  app.get(
    "/api/v1/gateway/spool/records",
    {
      config: { produces: ["application/x-ndjson"] },
      schema: {
        operationId: "listSpooledRecords",
        summary: "Records that wait in the spool, a line of JSON each",
        tags: ["gateway"],
        querystring: recordsQuery,
      },
    },
    async ({ query }, reply) => {
      const { spooling } = present().path;
      const now = nowMicros();
      const from = query.from === undefined ? undefined : parseTimeRef(query.from, now);
      const to = query.to === undefined ? undefined : parseTimeRef(query.to, now);
      void reply.type("application/x-ndjson");
      if (spooling === undefined) return "";
      begin();
      const gone = new AbortController();
      const lines = recordLines(spooling, { ...query, from, to }, AbortSignal.any([closing, gone.signal]));
      const body = Readable.from(lines);
      body.once("close", () => {
        gone.abort();
        reading = false;
      });
      return reply.send(body);
    },
  );
}

interface Wanted {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly device?: string;
  readonly kind?: string;
  readonly limit: number;
  readonly raw: boolean;
  readonly all: boolean;
}

async function* recordLines(spooling: Spooling, wanted: Wanted, signal: AbortSignal): AsyncGenerator<string> {
  const { from, to, device, kind: wantedKind, limit, raw, all } = wanted;
  let count = 0;
  for await (const frames of spooledFrames(spooling, all, signal)) {
    let lines = "";
    for (const { frame, at } of frames) {
      if (wantedKind !== undefined && kindOf(frame) !== wantedKind) continue;
      if (device !== undefined && frame.key.toString() !== device) continue;
      if (from !== undefined || to !== undefined) {
        const time = receivedAtOf(frame);
        if (time === undefined || (from !== undefined && time < from) || (to !== undefined && time >= to)) continue;
      }
      lines += lineOf(spooledRecord(frame, at.segment, at.offset, raw));
      count += 1;
      if (count === limit) break;
    }
    if (lines !== "") yield lines;
    if (count === limit) return;
  }
}

function withoutSpool(gateway: string, lanes: Lanes, log: { state: string; problem?: string }) {
  return {
    ...{ gateway, durable: "log" as const, records: 0, bytes: 0, oldestAt: null, oldestAgeSeconds: 0, kinds: {} },
    disk: { bytes: 0, waitingBytes: 0, segments: 0 },
    log: { ...log, heldPartitions: 0 },
    lanes: lanes.all.map(({ partition, n }) => ({ partition, n, forwarded: n })),
    ...{ devices: [], deviceCount: 0, corrupt: [] },
  };
}
