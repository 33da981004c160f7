import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Socket } from "node:net";
import { STATUS_CODES } from "node:http";
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

/** Answers malformed or oversized HTTP on the socket itself, which is then closed. */
export function clientErrors(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, detail] = parserProblems[error.code ?? ""] ?? [
    400,
    "invalid-http",
    "The request is not valid HTTP",
  ];
  const body = JSON.stringify(makeProblem(status, code, detail));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
