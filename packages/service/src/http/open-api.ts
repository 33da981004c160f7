import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifySchema } from "fastify";
import { describeProblemCodes } from "./problem-codes.ts";
import { problemSchema, problemType } from "./problem.ts";

const problem = { description: "A problem (RFC 9457)", content: { [problemType]: { schema: problemSchema } } };

/** How OpenAPI is made out of the routes and their schemas. */
export function openApi(title: string, version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: { title, version, description: describeProblemCodes() },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: ({ schema, url, route }) => {
      const open: FastifySchema = route.config?.public === true ? { security: [] } : {};
      const response = schema?.response ?? { 200: { description: "Done" } };
      return { schema: { ...schema, ...open, response: { ...response, "4xx": problem, "5xx": problem } }, url };
    },
  };
}
