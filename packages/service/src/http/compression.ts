import { pipeline, Readable, Transform } from "node:stream";
import { promisify } from "node:util";
import { constants, createBrotliDecompress, createGunzip, createGzip, createInflate, gzip } from "node:zlib";
import { RequestError } from "@headwater/core";
import { addVary, takesEncoding } from "./accept.ts";
import type { HttpApp } from "./type-provider.ts";

/** Shorter answers are not worth it. */
const leastBytes = 1024;
const compressible = /^(?:application\/(?:json|problem\+json|schema\+json|x-ndjson)|text\/(?:csv|plain|html|css))\b/;
const gzipped = promisify(gzip);

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Answers that are worth it are compressed for clients that take gzip. A stream of events never is. */
export function compressAnswers(app: HttpApp): void {
  app.addHook("onSend", async (request, reply, payload: unknown) => {
    const type = reply.getHeader("content-type");
    if (typeof type !== "string" || !compressible.test(type) || reply.hasHeader("content-encoding")) return payload;
    // Who answered has decided about it.
    if (request.routeOptions.config.passedOn === true && payload instanceof Readable) return payload;
    const isStream = payload instanceof Readable;
    if (!isStream && !(typeof payload === "string" && payload.length >= leastBytes)) return payload;
    addVary(reply, "accept-encoding");
    if (!takesEncoding(request, "gzip")) return payload;
    void reply.header("content-encoding", "gzip").removeHeader("content-length");
    if (!isStream) return gzipped(payload, { level: constants.Z_BEST_SPEED });
    // Flushed with every batch, so that a reader has each as soon as it is there.
    const encoder = createGzip({ level: constants.Z_BEST_SPEED, flush: constants.Z_SYNC_FLUSH });
    return pipeline(payload, encoder, () => {
      // An error of the source destroys the encoder, and the connection with it: the client sees that it is cut.
    });
  });
}

/** Reads bodies that are compressed; the limit of a body counts for what comes out. */
export function decompressBodies(app: HttpApp): void {
  app.addHook("preParsing", async (request, reply, payload) => {
    const encoding = request.headers["content-encoding"]?.trim().toLowerCase();
    if (encoding === undefined || encoding === "" || encoding === "identity") return payload;
    const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.() : undefined;
    if (decoder === undefined) {
      const known = Object.keys(decoders).join(", ");
      throw new RequestError(
        415,
        "unsupported-encoding",
        `The body has an encoding that is not known here; use ${known}`,
      );
    }
    let received = 0;
    payload.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    const plain = new Transform({
      transform(chunk, _encoding, done) {
        done(null, chunk);
      },
    });
    // Fastify compares the bytes that arrived with content-length, and those that came out with the limit.
    Object.defineProperty(plain, "receivedEncodedLength", { get: () => received });
    // Where the answer comes before the end of the body (404, 413, 415), nobody listens any more, and an error that
    // nobody hears would end the process.
    plain.on("error", () => {});
    reply.raw.once("close", () => {
      payload.unpipe(decoder);
      payload.resume();
      decoder.destroy();
    });
    payload.pipe(decoder).pipe(plain);
    payload.on("error", (error) => plain.destroy(error));
    payload.on("aborted", () => plain.destroy());
    decoder.on("error", (cause) => {
      plain.destroy(new RequestError(400, "invalid-encoding", `The body is not what ${encoding} gives`, { cause }));
    });
    return plain;
  });
}
