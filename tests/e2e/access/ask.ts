import { request } from "node:http";
import type { Operation } from "./operations.ts";
import type { Sample } from "./samples.ts";

export interface Answer {
  readonly status: number;
  /** Of a problem. */
  readonly code: string | undefined;
  readonly challenge: string | undefined;
  readonly text: string;
}

export interface Asked {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let asked = 0;

/**
 * What is answered, a stream's beginning alone. Each request comes from another address of this machine: who shows
 * wrong tokens is slowed down by address, and that is not the question here.
 */
export function ask(url: string, { method, target, headers = {}, body }: Asked): Promise<Answer> {
  const { hostname, port } = new URL(url);
  asked += 1;
  const localAddress = `127.1.${Math.floor(asked / 250) % 250}.${(asked % 250) + 1}`;
  return new Promise((resolve, reject) => {
    const question = request({ host: hostname, port, method, path: target, headers, localAddress, agent: false });
    question.once("error", reject);
    question.once("response", (answer) => {
      const done = (text: string): void => {
        const challenge = answer.headers["www-authenticate"];
        const isProblem = answer.headers["content-type"]?.startsWith("application/problem+json") === true;
        const code = isProblem && text !== "" ? (JSON.parse(text) as { code: string }).code : undefined;
        resolve({ status: answer.statusCode!, code, challenge, text });
      };
      if (answer.headers["content-type"]?.startsWith("text/event-stream") === true) {
        done("");
        question.destroy();
        return;
      }
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.once("end", () => done(Buffer.concat(parts).toString()));
      answer.once("error", reject);
    });
    question.end(body);
  });
}

export function askedOf({ method, path }: Operation, { at = {}, query, body, headers }: Sample): Asked {
  const named = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? "nothing"));
  return {
    method,
    target: query === undefined ? named : `${named}?${query}`,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  };
}
