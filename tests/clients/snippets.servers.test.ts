import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { registerDevice } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { snippetOf, type Language } from "../../dashboard/src/first-visit/snippets.ts";
import { debianProgram } from "../../scripts/servers/debian-packages.ts";
import { pythonWith } from "../../scripts/servers/python-packages.ts";
import { openScene, type Scene } from "./scene.ts";

const quiet = (): void => {};
const repository = join(import.meta.dirname, "../..");
let scene: Scene;
let folder: string;
let commands: Readonly<Partial<Record<Language, readonly [program: string, ...args: string[]]>>>;
beforeAll(async () => {
  scene = await openScene("none");
  folder = await mkdtemp(join(tmpdir(), "headwater-snippets-"));
  await symlink(await debianProgram("mosquitto_pub", quiet), join(folder, "mosquitto_pub"));
  commands = {
    mosquitto: ["sh", "-c"],
    python: [await pythonWith("paho-mqtt", quiet), "-c"],
    node: [process.execPath, "--input-type=module", "-e"],
  };
});
afterAll(async () => {
  await scene?.close();
  await rm(folder, { recursive: true, force: true });
});

function run(language: Language, id: string, token: string): Promise<{ stdout: string; stderr: string }> {
  const [program, ...args] = commands[language]!;
  const snippet = snippetOf(language, { host: "127.0.0.1", port: scene.way("tcp").port }, id, token);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
  return promisify(execFile)(program, [...args, snippet], { cwd: repository, env, timeout: 60_000 });
}

it.each(["mosquitto", "python", "node"] as const)(
  "the program in %s sends its reading, as it is pasted",
  async (language) => {
    const { ingest } = scene.platform;
    // A name that a shell would take apart.
    const id = `it's a ${language} device`;
    const { token } = await registerDevice(ingest, { id, type: "probe" });
    await run(language, id, token);
    await eventually(async () => {
      const path = `/api/v1/devices/${encodeURIComponent(id)}/latest`;
      const { values } = await ingest.request<{ values: Record<string, { value: number }> }>("GET", path);
      expect(values["temperature"]?.value).toBe(21.5);
    });
  },
);

it.each(["mosquitto", "node"] as const)("the program in %s says that its token is wrong", async (language) => {
  const { id, token } = await registerDevice(scene.platform.ingest, { id: `wrong-${language}`, type: "probe" });
  await expect(run(language, id, `${token}x`)).rejects.toThrow(/Bad user ?name or password/i);
});
