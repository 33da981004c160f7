import { parse, type Node } from "acorn";
import { writeFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";

/**
 * Preloaded (`--import`) into a process and each of its worker threads: notes every call of a function of this
 * checkout, and writes what it noted to `TRACE_FOLDER` at SIGUSR2. Functions of packages are not noted. It is slow and
 * keeps everything in memory: for one message, not for load.
 */
const root = process.env["TRACE_ROOT"]!;
const folder = process.env["TRACE_FOLDER"]!;

const names: string[] = [];
const ids: number[] = [];
const times: number[] = [];

(globalThis as { __enter?: (id: number) => void }).__enter = (id) => {
  ids.push(id);
  times.push(performance.timeOrigin + performance.now());
};

registerHooks({
  load(url, context, next) {
    if (!url.startsWith("file:") || !url.endsWith(".ts") || url.includes("/node_modules/")) return next(url, context);
    const file = relative(root, fileURLToPath(url));
    if (file.startsWith("..")) return next(url, context);
    const { source } = next(url, { ...context, format: "module-typescript" });
    const script = stripTypeScriptTypes(Buffer.from(source as Uint8Array).toString("utf8"));
    return { format: "module", shortCircuit: true, source: instrumented(script, file) };
  },
});

interface FunctionNode extends Node {
  readonly type: string;
  readonly body: Node & { readonly type: string };
}

/** The script with a call of `__enter` at the beginning of each function. */
function instrumented(script: string, file: string): string {
  const inserts: { readonly at: number; readonly text: string }[] = [];
  visit(parse(script, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    if (!/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
    const { body } = node as FunctionNode;
    const line = script.slice(0, node.start).split("\n").length;
    const id = names.push(`${file}:${line}`) - 1;
    if (body.type === "BlockStatement") inserts.push({ at: body.start + 1, text: `__enter(${id});` });
    else inserts.push({ at: body.start, text: `(__enter(${id}), ` }, { at: body.end, text: ")" });
  });
  let out = script;
  for (const { at, text } of inserts.toSorted((a, b) => b.at - a.at)) out = out.slice(0, at) + text + out.slice(at);
  return out;
}

function visit(node: Node, found: (node: Node & { readonly type: string }) => void): void {
  found(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && "type" in child) visit(child as Node, found);
    }
  }
}

function write(): void {
  const calls = ids.map((id, index) => [times[index], names[id]]);
  writeFileSync(join(folder, `${threadId}.json`), JSON.stringify(calls));
}

const channel = new BroadcastChannel("trace");
channel.unref();
if (isMainThread) {
  process.on("SIGUSR2", () => {
    channel.postMessage("write");
    write();
  });
} else channel.addEventListener("message", write);
