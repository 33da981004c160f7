import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import type { ReadModel } from "@headwater/event-log/read-model";
import { RequestError } from "@headwater/core";
import type { HttpApp } from "@headwater/service";
import { Type } from "@sinclair/typebox";
import { deviceState } from "../devices/device-model.ts";
import type { DeviceWriter } from "../devices/device-writer.ts";
import { PasswordHasher } from "../devices/password-hasher.ts";
import { DeviceImport } from "./device-import.ts";
import { csvRows, ndjsonRows, type ReadRow } from "./import-rows.ts";

const csvType = "text/csv";
const ndjsonType = "application/x-ndjson";
const maxBytes = 32 * 1024 * 1024;

export interface ImportRouteOptions {
  readonly model: ReadModel;
  readonly write: DeviceWriter;
}

export function importRoute(app: HttpApp, { model, write }: ImportRouteOptions): void {
  const hasher = new PasswordHasher();
  let isBusy = false;

  void app.register(async (scope: HttpApp) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser([csvType, ndjsonType], { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );

    scope.post(
      "/api/v1/imports/devices",
      {
        bodyLimit: maxBytes,
        config: {
          scopes: ["devices:write"],
          keepsParts: true,
          consumes: [ndjsonType, csvType],
          documentedBody: Type.Unknown({ description: "Devices, as exports write them" }),
          produces: [ndjsonType],
        },
        schema: {
          operationId: "importDevices",
          summary: "Make or change many devices, with an answer for each",
          description:
            "CSV with the columns id, type, subject, tag.NAME and attribute.NAME, or a device in JSON a line. A device " +
            "that is there is changed to what its row says; an empty cell says nothing, null in JSON removes. The answer " +
            "is a line in JSON for each row, `{row, id, outcome, token?, code?, detail?}`, the token of a device that is created " +
            "shown this once, and `{summary}` at the end. Outcomes are created, updated, unchanged, refused (the row is at " +
            "fault, and hinders no other) and failed (the log did not take it; the import ends there). An import that was cut is sent again whole: rows that were done change " +
            "nothing, and with the Idempotency-Key of the first they are answered as they were, with their tokens; a device " +
            "whose token nobody can tell any more has the code token-not-told. At most 100,000 rows and 32 MiB; one import at a time.",
          tags: ["devices"],
          querystring: Type.Object({
            dryRun: Type.Boolean({ default: false, description: "`true`: says what would be done, and does nothing" }),
            tokens: Type.Union([Type.Literal("created"), Type.Literal("none"), Type.Literal("all")], {
              default: "created",
              description:
                "Who gets a token: devices that are created and have no `subject`; none; or also devices that are there, " +
                "beside the credentials that they have",
            }),
          }),
        },
      },
      async (request, reply) => {
        const body = request.body as Buffer | undefined;
        if (body === undefined || body.length === 0) {
          throw new RequestError(
            400,
            "invalid-header",
            "The body is empty; send devices as CSV or a JSON object a line",
          );
        }
        if (!isUtf8(body)) {
          const text = "The body is not UTF-8; save the file in that encoding (in a spreadsheet: CSV UTF-8)";
          throw new RequestError(400, "invalid-encoding", text);
        }
        if (isBusy) {
          throw new RequestError(429, "import-under-way", "Another import is under way; wait for its end", {
            retryAfterMs: 2000,
          });
        }
        const { dryRun, tokens } = request.query;
        const isCsv = request.headers["content-type"]?.toLowerCase().startsWith(csvType) === true;
        const devices = new DeviceImport({
          ...{ write, hasher, request, tokens, isDryRun: dryRun },
          parts: dryRun ? undefined : request.answerParts,
          stateOf: (id) => deviceState(model.db, id),
        });
        isBusy = true;
        try {
          // What is wrong with the header is told before the answer begins.
          const rows = await begun(isCsv ? csvRows(body) : ndjsonRows(body));
          const lines = Readable.from(answerLines(devices, rows, dryRun));
          lines.once("close", () => (isBusy = false));
          void reply.type(ndjsonType);
          return await reply.send(lines);
        } catch (error) {
          isBusy = false;
          throw error;
        }
      },
    );
  });
}

async function* answerLines(
  devices: DeviceImport,
  rows: AsyncIterable<ReadRow>,
  dryRun: boolean,
): AsyncGenerator<string> {
  for await (const answers of devices.answers(rows)) {
    yield answers.map((answer) => `${JSON.stringify(answer)}\n`).join("");
  }
  yield `${JSON.stringify({ summary: { ...devices.summary, dryRun } })}\n`;
}

async function begun(rows: AsyncGenerator<ReadRow>): Promise<AsyncGenerator<ReadRow>> {
  const first = await rows.next();
  return (async function* all() {
    try {
      if (first.done !== true) yield first.value;
      yield* rows;
    } finally {
      await rows.return(undefined);
    }
  })();
}
