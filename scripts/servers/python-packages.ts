import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { installed, runStep, type Progress } from "./install.ts";
import { requireTools } from "./required-tool.ts";

/** Pinned packages of PyPI that tests run, by the folder of their requirements. */
const packages = {
  "paho-mqtt": "paho",
  "confluent-kafka": "confluent-kafka",
  schemathesis: "schemathesis",
} as const;
export type PythonPackage = keyof typeof packages;
export const pythonPackages = Object.keys(packages) as PythonPackage[];

/** A Python that has this package, in a virtual environment of its own: run a script with it. */
export async function pythonWith(name: PythonPackage, progress: Progress): Promise<string> {
  const requirements = new URL(`${packages[name]}/requirements.txt`, import.meta.url);
  const dir = await installed(
    {
      name,
      pinFiles: [requirements],
      announce: "making a virtual environment for it (once)",
      async install(target) {
        requireTools(["python3"], "run the Python client");
        await runStep({ command: "python3", args: ["-m", "venv", target], cwd: target });
        await runStep({
          command: join(target, "bin", "python"),
          args: ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", fileURLToPath(requirements)],
          cwd: target,
        });
      },
    },
    progress,
  );
  return join(dir, "bin", "python");
}
