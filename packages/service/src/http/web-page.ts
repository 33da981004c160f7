import type { FastifyReply, FastifyRequest } from "fastify";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@headwater/core";
import { addVary, preferredType, takesEncoding } from "./accept.ts";
import { makeProblem } from "./problem.ts";
import { send } from "./error-handler.ts";

/** What browsers take for what it is; of a page there are no other kinds of files. */
const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json",
  webmanifest: "application/manifest+json",
  png: "image/png",
  woff2: "font/woff2",
};

/** The page loads nothing from elsewhere, runs no script but its own files, and is in no frame of another page. */
const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
};

/** Below them are no places of the page: what is not there is a problem in JSON. */
const notOfThePage = /^\/(?:api|health|metrics|assets)(?:\/|$)/;

interface PageFile {
  readonly type: string;
  readonly tag: string;
  readonly bodies: ReadonlyMap<"br" | "gzip" | "identity", Buffer>;
}

/** What a document asks the platform first, by its place; `*`: at all other places. */
type Preloads = Readonly<Record<string, readonly string[]>>;
const preloadFile = "/preload.json";
/** The page says by this cookie that its session may not have what is asked first at that place. */
const elsewhere = "headwater-elsewhere=1";

/** The files of the web page as they were built, in memory: few, small, and compressed beforehand. */
export class WebPage {
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #preloads: Preloads;

  private constructor(files: ReadonlyMap<string, PageFile>, preloads: Preloads) {
    this.#files = files;
    this.#preloads = preloads;
  }

  /** Reads a folder that the build wrote. One that is not there is a page that says how it is built. */
  static async open(folder: string): Promise<WebPage> {
    const files = new Map<string, PageFile>();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(nothingThere);
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const known = new Set(paths);
    for (const path of paths) {
      const type = types[path.slice(path.lastIndexOf(".") + 1)];
      if (type === undefined) continue;
      const bodies = new Map<"br" | "gzip" | "identity", Buffer>([["identity", await readFile(path)]]);
      if (known.has(`${path}.gz`)) bodies.set("gzip", await readFile(`${path}.gz`));
      if (known.has(`${path}.br`)) bodies.set("br", await readFile(`${path}.br`));
      const tag = sha256(bodies.get("identity")!).toString("base64url").slice(0, 22);
      files.set(path.slice(folder.length).replace(/^\/*/, "/"), { type, tag, bodies });
    }
    const preloads = files.get(preloadFile)?.bodies.get("identity")?.toString() ?? "{}";
    files.delete(preloadFile);
    return new WebPage(files, JSON.parse(preloads) as Preloads);
  }

  /**
   * Answers a request that no route took, if it is for the page: a file of it, or one of its places (`/devices/a`),
   * which all are the same document. Undefined: it is not for the page.
   */
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const path = request.url.split("?", 1)[0]!;
    const named = path === "/index.html" ? undefined : this.#files.get(path);
    if (named !== undefined) return this.#send(request, reply, path, named);
    if (notOfThePage.test(path) || preferredType(request.headers.accept, ["text/html"]) === undefined) return undefined;
    const document = this.#files.get("/index.html");
    if (document !== undefined) {
      const isElsewhere = request.headers.cookie?.includes(elsewhere) === true;
      const links = ((isElsewhere ? undefined : this.#preloads[request.url]) ?? this.#preloads["*"] ?? [])
        .map(asksFor)
        .join(", ");
      if (links !== "") void reply.header("link", links);
      return this.#send(request, reply, path, document);
    }
    if (path !== "/") return undefined;
    return reply.send(send(reply, makeProblem(404, "not-found", "The web page is not built here: `npm run build`")));
  }

  #send(request: FastifyRequest, reply: FastifyReply, path: string, { type, tag, bodies }: PageFile): FastifyReply {
    const coding = (["br", "gzip"] as const).find((each) => bodies.has(each) && takesEncoding(request, each));
    const etag = `"${tag}${coding === undefined ? "" : `-${coding}`}"`;
    // Names below /assets have the hash of what they name; the document names them.
    const caching = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    void reply.headers(securityHeaders).header("cache-control", caching).header("etag", etag);
    addVary(reply, "accept-encoding");
    const condition = request.headers["if-none-match"];
    if (condition?.split(",").some((each) => each.trim().replace(/^W\//, "") === etag)) {
      return reply.code(304).send();
    }
    void reply.type(type);
    if (coding !== undefined) void reply.header("content-encoding", coding);
    return reply.code(200).send(bodies.get(coding ?? "identity"));
  }
}

/** The browser asks as the page's scripts do, so that they are given its answer. */
function asksFor(path: string): string {
  return `<${path}>; rel=preload; as=fetch; crossorigin`;
}

function nothingThere(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}
