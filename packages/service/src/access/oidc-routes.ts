import { Type } from "@sinclair/typebox";
import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyReply } from "fastify";
import type { HttpServer } from "../http/index.ts";
import type { Access } from "./access.ts";
import type { OidcProvider } from "./oidc-provider.ts";
import { startSession } from "./session-routes.ts";

const tags = ["access"];
const path = "/api/v1/session/oidc";
const cookieName = "headwater-oidc";
const sessionHours = 12;
const redirected = { 302: Type.Null({ description: "To the provider, or back to the page" }) };
const any = Type.Optional(Type.String({ maxLength: 8192 }));

/** Sign-in at a provider: to it, and back. Browsers come here themselves, so every answer is a redirection. */
export function oidcRoutes({ app }: HttpServer, access: Access, provider: OidcProvider): void {
  const keepAttempt = (reply: FastifyReply, value: string, maxAge: number): void => {
    const secure = provider.isSecure;
    // Lax, since the provider sends the browser back from another site.
    const cookie = { name: cookieName, value, maxAge, path, httpOnly: true, sameSite: "lax", secure } as const;
    void reply.header("set-cookie", stringifySetCookie(cookie));
  };

  app.get(
    path,
    {
      config: { public: true },
      schema: { hide: true, summary: "Sign in at the provider", tags, response: redirected },
    },
    async (_request, reply) => {
      const { url, attempt, seconds } = await provider.begin();
      keepAttempt(reply, attempt, seconds);
      return reply.redirect(url);
    },
  );

  app.get(
    `${path}/callback`,
    {
      config: { public: true },
      schema: {
        hide: true,
        summary: "Where the provider sends browsers back to",
        tags,
        querystring: Type.Object({ code: any, state: any, iss: any, error: any }, { additionalProperties: true }),
        response: redirected,
      },
    },
    async (request, reply) => {
      const attempt = parseCookie(request.headers.cookie ?? "")[cookieName] ?? "";
      keepAttempt(reply, "", 0);
      const { name, roles } = await provider.end(request.url, attempt).catch(() => ({ name: "", roles: undefined }));
      if (roles === undefined) return reply.redirect("/#sign-in-failed");
      if (roles.length === 0) return reply.redirect("/#sign-in-without-role");
      const principal = { id: `oidc:${name}`, scopes: roles };
      await startSession(access, { request, reply, secure: provider.isSecure }, principal, sessionHours * 3600);
      return reply.redirect("/");
    },
  );
}
