import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifySchema } from "fastify";

/** How OpenAPI is made out of the routes and their schemas. */
export function openApi(title: string, version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: { title, version },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: ({ schema, url, route }) => {
      const open: FastifySchema = route.config?.public === true ? { security: [] } : {};
      return { schema: { ...schema, ...open }, url };
    },
  };
}
