import { expect, it } from "vitest";
import { eventSchemaVersion } from "@headwater/proto";
import { schemaHash } from "./schema-hash.ts";

it("the version of the schema is that of the .proto files; if not: npm run proto:generate", () => {
  expect(eventSchemaVersion).toBe(schemaHash());
});
