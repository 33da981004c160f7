import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { installed, runStep, type Progress } from "./install.ts";
import { requireTools } from "./required-tool.ts";

const requirements = new URL("paho/requirements.txt", import.meta.url);

/** A Python that has the pinned paho-mqtt, in a virtual environment of its own: run a script with it. */
export async function pahoPython(progress: Progress): Promise<string> {
  const dir = await installed(
    {
      name: "paho-mqtt",
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
