import { Type } from "@sinclair/typebox";
import { timeReference, type HttpApp } from "@headwater/service";
import { isoFromMicros, nowMicros, parseTimeRef } from "@headwater/core";
import type { Ledger } from "./ledger.ts";

const count = Type.Integer();
const columns = {
  received: Type.Integer({ description: "By the gateways, as of their last marks" }),
  dropped: Type.Integer({ description: "Of these dropped by policy, on record" }),
  missing: Type.Integer({ description: "Received and neither logged nor dropped" }),
  unmarked: Type.Integer({ description: "Logged after its gateway's last mark" }),
  logged: Type.Integer({ description: "stored + partlyStored + quarantined + duplicate" }),
  stored: count,
  partlyStored: count,
  quarantined: count,
  duplicate: count,
  derived: Type.Integer({ description: "Events that rules derived; in no other column" }),
  overwritten: Type.Integer({ description: "Readings replaced by a later one of the same time; exact when verified" }),
  unexplained: Type.Integer({ description: "Identities that no gateway accounts for" }),
  lag: Type.Integer({ description: "Records not projected yet" }),
};
const { derived: _, overwritten: __, lag: ___, ...ofGateways } = columns;
const isoTime = (description: string) => Type.String({ format: "date-time", description });
const side = Type.Object({ count: Type.Integer(), checksum: Type.String() });

const ledgerSchema = Type.Object(
  {
    balanced: Type.Boolean(),
    partitions: Type.Array(
      Type.Object({ partition: count, from: count, to: count, balanced: Type.Boolean(), ...columns }),
    ),
    totals: Type.Object(columns),
    gateways: Type.Array(
      Type.Object({
        gateway: Type.Optional(
          Type.String({ description: "Absent: events of which no gateway is known, such as what cannot be read" }),
        ),
        balanced: Type.Boolean(),
        receivedAt: Type.Optional(isoTime("The gateway's receive time of its newest record")),
        ...ofGateways,
      }),
      { description: "The same by gateway, over all partitions" },
    ),
    gaps: Type.Array(
      Type.Object({
        partition: count,
        gateway: Type.String(),
        epoch: count,
        from: count,
        to: count,
        reason: Type.Optional(Type.String({ description: "Absent: nobody accounts for these" })),
        events: Type.Optional(
          Type.Integer({
            description: "How many of the identities were messages; the others were marks. Absent: not known (yet)",
          }),
        ),
        after: Type.Optional(
          isoTime("When the gateway took the record before them. Absent: it is not in the ledger's range"),
        ),
        before: Type.Optional(isoTime("When the gateway took the record behind them")),
      }),
    ),
    gapsLeftOut: count,
    verified: Type.Optional(
      Type.Object({
        readings: count,
        series: count,
        hours: count,
        expected: count,
        stored: count,
        overwritten: count,
        mismatched: Type.Integer({ description: "Hours of a series in which log and store differ" }),
        mismatches: Type.Array(
          Type.Object({
            device: Type.String(),
            metric: Type.String(),
            hour: Type.String(),
            expected: side,
            stored: side,
          }),
        ),
      }),
    ),
  },
  { title: "Ledger" },
);

export function ledgerRoutes(app: HttpApp, ledger: Ledger): void {
  app.get(
    "/api/v1/ledger",
    {
      config: { scopes: ["ledger:read"] },
      schema: {
        operationId: "getLedger",
        summary: "The loss ledger: what became of every event, and whether it balances",
        tags: ["ledger"],
        querystring: Type.Object({
          verify: Type.Boolean({ default: false, description: "Read the log again and compare it with the store" }),
          from: Type.Optional(
            Type.String({
              maxLength: 60,
              description: "Event times to verify, inclusive; default: all",
              ...timeReference,
            }),
          ),
          to: Type.Optional(Type.String({ maxLength: 60, description: "Exclusive", ...timeReference })),
        }),
        response: { 200: ledgerSchema },
      },
    },
    async (request) => {
      const { verify, from, to } = request.query;
      const now = nowMicros();
      const range = {
        from: from === undefined ? Number.MIN_SAFE_INTEGER : parseTimeRef(from, now),
        to: to === undefined ? Number.MAX_SAFE_INTEGER : parseTimeRef(to, now),
      };
      const answer = await ledger.answer(verify ? range : undefined);
      const { verified, ...rest } = answer;
      return {
        ...rest,
        ...(verified !== undefined && { verified: { ...verified, mismatches: [...verified.mismatches] } }),
        partitions: [...answer.partitions],
        gateways: answer.gateways.map(({ receivedAt, ...row }) => ({
          ...row,
          ...(receivedAt !== undefined && { receivedAt: isoFromMicros(receivedAt) }),
        })),
        gaps: answer.gaps.map(({ after, before, ...gap }) => ({
          ...gap,
          ...(after !== undefined && { after: isoFromMicros(after) }),
          ...(before !== undefined && { before: isoFromMicros(before) }),
        })),
      };
    },
  );
}
