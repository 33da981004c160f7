import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Socket } from "node:net";
import { type ServerResponse, STATUS_CODES } from "node:http";
import { makeProblem, problemType } from "./problem.ts";

/** Refusals of Fastify that precede the choice of a route, and so every error handler. */
export function frameworkErrors(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const problem =
    error.code === "FST_ERR_MAX_PARAM_LENGTH"
      ? makeProblem(414, "path-too-long", "A part of the path is longer than anything here is named")
      : makeProblem(400, "invalid-url", "The path of the URL is not valid; percent-encode what is special in it");
  const body = JSON.stringify(problem);
  reply.raw.writeHead(problem.status, { "content-type": problemType, "content-length": Buffer.byteLength(body) });
  reply.raw.end(body);
}

const parserProblems: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, "headers-too-large", "The headers and the path are larger than 16 KiB together"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "request-timeout", "The request took too long to arrive"],
};

/** A socket that was answered so is closed for good after these milliseconds, whatever its peer goes on sending. */
const lingerMs = 1000;

/** Answers malformed, oversized or slow HTTP on the socket itself, which is then closed. */
export function clientErrors(error: NodeJS.ErrnoException, socket: Socket): void {
  // An answer that was begun would be garbled by another.
  const { _httpMessage: answering } = socket as Socket & { readonly _httpMessage?: ServerResponse | null };
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable || answering?.headersSent === true) {
    socket.destroy();
    return;
  }
  const [status, code, detail] = parserProblems[error.code ?? ""] ?? [
    400,
    "invalid-http",
    "The request is not valid HTTP",
  ];
  const text = rawProblem(status, code, detail);
  if (status === 408) {
    // What was sent of the request is read, so nothing keeps the answer from arriving; the rest may not be begun.
    socket.write(text, () => socket.destroy());
    return;
  }
  socket.end(text);
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(cut));
}

/** A whole answer with a problem, after which the connection is closed. */
export function rawProblem(status: number, code: string, detail: string): string {
  const body = JSON.stringify(makeProblem(status, code, detail));
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${problemType}\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}
