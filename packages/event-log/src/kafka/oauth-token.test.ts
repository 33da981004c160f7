import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LogRejectedCredentialsError, LogUnavailableError } from "../errors.ts";
import { afterEach, describe, expect, it } from "vitest";
import { tokensByClientCredentials } from "./oauth-token.ts";

let server: Server | undefined;
afterEach(() => server?.close());

interface Asked {
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

/** A token endpoint that answers so, and what it was asked. */
async function endpoint(answer: (response: ServerResponse, nth: number) => unknown) {
  const asked: Asked[] = [];
  server = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ authorization: request.headers.authorization, form });
      answer(response, asked.length);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` };
}

const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const client = (tokenEndpoint: string) => ({ tokenEndpoint, clientId: "head:water", clientSecret: "s3cret +%" });

describe("tokens by client credentials", () => {
  it("are asked for as the standard says, and kept while they live", async () => {
    const { asked, url } = await endpoint((response, nth) =>
      json(response, 200, { access_token: `token-${nth}`, token_type: "Bearer", expires_in: 300 }),
    );
    const token = tokensByClientCredentials({ ...client(url), scope: "kafka write", audience: "broker" });
    const all = await Promise.all([token(), token()]);
    expect([...all, await token()]).toEqual(Array.from({ length: 3 }, () => ({ value: "token-1" })));
    expect(asked).toHaveLength(1);
    expect(asked[0]!.form).toEqual({ grant_type: "client_credentials", scope: "kafka write", audience: "broker" });
    const [scheme, encoded = ""] = asked[0]!.authorization!.split(" ");
    expect([scheme, Buffer.from(encoded, "base64").toString()]).toEqual(["Basic", "head%3Awater:s3cret+%2B%25"]);
  });

  it("are asked for again once they have expired", async () => {
    const { url } = await endpoint((response, nth) =>
      json(response, 200, { access_token: `token-${nth}`, expires_in: 0.001 }),
    );
    const token = tokensByClientCredentials(client(url));
    expect(await token()).toEqual({ value: "token-1" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await token()).toEqual({ value: "token-2" });
  });

  it("are refused for good by the endpoint's own word alone, which is told without the secret", async () => {
    const { url } = await endpoint((response) =>
      json(response, 401, { error: "invalid_client", error_description: "no such client" }),
    );
    const error = await tokensByClientCredentials(client(url))().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LogRejectedCredentialsError);
    expect(String(error)).toContain("invalid_client, no such client");
    expect(String(error)).not.toContain("s3cret");
  });

  it.each([
    ["a proxy's page", (response: ServerResponse) => response.writeHead(403).end("<html>")],
    ["an error of the server", (response: ServerResponse) => json(response, 500, { error: "server_error" })],
    ["no token", (response: ServerResponse) => json(response, 200, {})],
    ["no JSON", (response: ServerResponse) => response.writeHead(200).end("welcome")],
    ["another place", (response: ServerResponse) => response.writeHead(302, { location: "/login" }).end()],
    ["a broken connection", (response: ServerResponse) => response.destroy()],
  ])("are away when the answer is %s, and are asked for again", async (_what, answer) => {
    const { asked, url } = await endpoint((response, nth) =>
      nth === 1 ? answer(response) : json(response, 200, { access_token: "token", expires_in: 300 }),
    );
    const token = tokensByClientCredentials(client(url));
    await expect(token()).rejects.toBeInstanceOf(LogUnavailableError);
    expect(await token()).toEqual({ value: "token" });
    expect(asked).toHaveLength(2);
  });
});
