import { writeFileSync } from "node:fs";
import { schemaHash } from "./schema-hash.ts";

// Part of `npm run proto:generate`.
const text = `/** Changes with what the .proto files say: what was folded from events by another version is folded anew. */
export const eventSchemaVersion = "${schemaHash()}";
`;
writeFileSync(new URL("../src/generated/schema-version.ts", import.meta.url), text);
