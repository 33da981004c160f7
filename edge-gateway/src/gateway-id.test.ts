import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gatewayId } from "./gateway-id.ts";

describe("the name of a gateway", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gateway-id-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is made once and kept", async () => {
    const id = await gatewayId(folder, undefined);
    expect(id).toMatch(/^gw-[0-9a-f]{12}$/);
    expect(await gatewayId(folder, undefined)).toBe(id);
    expect(readdirSync(folder)).toEqual(["gateway-id"]);
  });

  it("is made although a crash or a full disk left the file empty", async () => {
    writeFileSync(join(folder, "gateway-id"), "");
    const id = await gatewayId(folder, undefined);
    expect(readFileSync(join(folder, "gateway-id"), "utf8")).toBe(`${id}\n`);
  });

  it("is not replaced by another where the file holds something else", async () => {
    writeFileSync(join(folder, "gateway-id"), "not a name!\n");
    await expect(gatewayId(folder, undefined)).rejects.toThrow(/put the former name back/);
  });
});
