import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { firstQuestions } from "./src/data/first-questions.ts";

/** The platform that `npm run dev` shows; its answers pass through, so the page has one origin as in production. */
const platform = process.env["HEADWATER_URL"] ?? `http://127.0.0.1:${process.env["HEADWATER_HTTP_PORT"] ?? 8080}`;

/** Smaller files are not worth a second form. */
const leastBytes = 512;

/** Every file of the page lies beside its compressed forms: a request costs the server no compression. */
function compressedBeforehand(): Plugin {
  return {
    name: "compressed-beforehand",
    apply: "build",
    async writeBundle({ dir }) {
      const entries = await readdir(dir!, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && /\.(?:html|js|css|svg|json)$/.test(entry.name));
      await Promise.all(
        files.map(async (entry) => {
          const file = join(entry.parentPath, entry.name);
          const bytes = await readFile(file);
          if (bytes.length < leastBytes) return;
          const smallest = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, smallest));
          await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
        }),
      );
    },
  };
}

/** What asks for the first answers: a script of its own, which runs while the browser compiles the rest. */
const askedAtFirst = /\/dashboard\/src\/data\/(?:at-first|first-questions|api)\.ts$|\/packages\/client\/src\//;

/** Names the script of the first questions before all others, so that the platform works on them meanwhile. */
function asksAtFirst(): Plugin {
  return {
    name: "asks-at-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_document, { bundle }) {
        const chunk = Object.values(bundle ?? {}).find(({ name, type }) => type === "chunk" && name === "at-first");
        if (chunk === undefined) throw new Error("The build has no script of the first questions");
        const attrs = { type: "module", async: true, crossorigin: true, src: `/${chunk.fileName}` };
        return [{ tag: "script", attrs, injectTo: "head-prepend" }];
      },
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "preload.json", source: JSON.stringify(firstQuestions) });
    },
  };
}

export default defineConfig({
  plugins: [react(), asksAtFirst(), compressedBeforehand()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    sourcemap: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            { name: "at-first", test: askedAtFirst, priority: 1 },
            // One file of what is always needed: a server that has much to do answers eight later than two.
            { name: "page", tags: ["$initial"] },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: platform, changeOrigin: true } } },
});
