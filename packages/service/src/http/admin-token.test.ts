import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ResourceError } from "@headwater/core";
import { adminTokenAuth, loadOrCreateAdminToken } from "./index.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "admin-token-"));
  file = join(folder, "data", "admin-token");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("the admin token", () => {
  it("is made once, for its user alone, and read afterwards", async () => {
    const token = await loadOrCreateAdminToken(file);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(readFileSync(file, "utf8")).toBe(`${token}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "data")).mode & 0o777).toBe(0o700);
    expect(await loadOrCreateAdminToken(file)).toBe(token);
  });

  it("is one for all who start together, and leaves no drafts behind", async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateAdminToken(file)));
    expect(new Set(tokens).size).toBe(1);
    expect(readdirSync(join(folder, "data"))).toEqual(["admin-token"]);
  });

  it("that others may read is refused, with the command that helps", async () => {
    await loadOrCreateAdminToken(file);
    for (const mode of [0o644, 0o640, 0o602]) {
      chmodSync(file, mode);
      await expect(loadOrCreateAdminToken(file)).rejects.toThrow(
        new ResourceError(`Others may read the admin token file ${file}; run: chmod 600 ${file}`),
      );
    }
  });

  it.each(["", "short", "with a space in the middle of its 40 chars"])("%j is none", async (content) => {
    await loadOrCreateAdminToken(file);
    writeFileSync(file, content);
    await expect(loadOrCreateAdminToken(file)).rejects.toThrow(/holds no token/);
  });

  it("in a place that cannot be used is one clear error", async () => {
    writeFileSync(join(folder, "data"), "in the way");
    await expect(loadOrCreateAdminToken(file)).rejects.toThrow(/cannot be read or made \(ENOTDIR\)/);
    await expect(loadOrCreateAdminToken(folder)).rejects.toThrow(ResourceError);
  });
});

describe("an authenticator", () => {
  it("knows the token and no other", async () => {
    const auth = adminTokenAuth("the-token");
    expect(await auth.authenticate("the-token")).toEqual({ id: "admin", scopes: ["*"] });
    for (const token of ["", "the-toke", "the-tokeN", "the-token "])
      expect(await auth.authenticate(token)).toBeUndefined();
  });
});
