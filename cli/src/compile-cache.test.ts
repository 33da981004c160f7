import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileCacheFolder } from "./compile-cache.js";

describe("the folder of Node's compile cache", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "headwater-cache-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("lies in the user's cache and belongs to this user alone", () => {
    const folder = compileCacheFolder({ XDG_CACHE_HOME: home });
    expect(folder).toBe(join(home, "headwater", "node-compile-cache"));
    for (const each of [folder!, join(home, "headwater")]) expect(statSync(each).mode & 0o777).toBe(0o700);
    expect(compileCacheFolder({ XDG_CACHE_HOME: home })).toBe(folder);
  });

  it("is none where others could write, or where it cannot be made", () => {
    const folder = compileCacheFolder({ XDG_CACHE_HOME: home })!;
    chmodSync(folder, 0o770);
    expect(compileCacheFolder({ XDG_CACHE_HOME: home })).toBeUndefined();
    const file = join(home, "file");
    writeFileSync(file, "");
    expect(compileCacheFolder({ XDG_CACHE_HOME: file })).toBeUndefined();
  });
});
