import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { debianProgram, ensureDebianPrograms } from "./debian-packages.ts";
import { startMosquitto, type Mosquitto } from "./mosquitto.ts";
import { pythonWith } from "./python-packages.ts";
import { isServerAlive } from "./server-process.ts";

const run = promisify(execFile);
const quiet = (): void => {};
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "headwater-mosquitto-"));
  await ensureDebianPrograms(["mosquitto", "mosquitto_pub", "mosquitto_sub"], quiet);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const publish = async (broker: Mosquitto, ...args: string[]): Promise<unknown> =>
  run(await debianProgram("mosquitto_pub", quiet), ["-p", String(broker.port), "-q", "1", ...args]);

/** Waits for one message at most; a subscriber that hears nothing fails. */
const hear = async (port: number, ...args: string[]): Promise<string> =>
  (await run(await debianProgram("mosquitto_sub", quiet), ["-p", String(port), "-C", "1", "-W", "60", ...args])).stdout;

describe("a private Mosquitto", () => {
  it("keeps the queue of a session over a stop and a restart on its port", async () => {
    const broker = await startMosquitto({ dataDir: join(dir, "kept"), persistence: true });
    onTestFinished(() => broker.stop());
    const session = ["-i", "sleeper", "-c", "-q", "1", "-t", "kept/#"];
    await run(await debianProgram("mosquitto_sub", quiet), ["-p", String(broker.port), "-E", ...session]);
    await publish(broker, "-t", "kept/one", "-m", "still here");

    const before = broker.pid;
    await broker.restart();
    expect(broker.pid).not.toBe(before);
    expect(isServerAlive(before, dir)).toBe(false);
    expect(await hear(broker.port, ...session)).toBe("still here\n");
  });

  it("comes back after a kill", async () => {
    const broker = await startMosquitto({ dataDir: join(dir, "killed") });
    onTestFinished(() => broker.stop());
    broker.kill("SIGKILL");
    await broker.restart();
    await publish(broker, "-r", "-t", "a", "-m", "back");
    expect(await hear(broker.port, "-t", "a")).toBe("back\n");
  });

  it("obeys the lines of the configuration", async () => {
    const broker = await startMosquitto({ dataDir: join(dir, "closed"), config: ["allow_anonymous false"] });
    onTestFinished(() => broker.stop());
    await expect(publish(broker, "-t", "a", "-m", "b")).rejects.toThrow(/not authori[sz]ed/i);
  });

  it("speaks TLS on a second port", async () => {
    const [keyFile, certFile] = [join(dir, "key.pem"), join(dir, "cert.pem")];
    await run(await debianProgram("openssl", quiet), [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost".split(" "),
      ...["-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certFile],
    ]);
    const broker = await startMosquitto({ dataDir: join(dir, "tls"), tls: { certFile, keyFile } });
    onTestFinished(() => broker.stop());
    await publish(broker, "-r", "-t", "a", "-m", "sealed");
    expect(await hear(broker.tlsPort, "-h", "localhost", "--cafile", certFile, "-t", "a")).toBe("sealed\n");
  });

  it("ends with its own words when its configuration is wrong", async () => {
    const refused = startMosquitto({ dataDir: join(dir, "wrong"), config: ["no_such_option 1"] });
    await expect(refused).rejects.toThrow(/no_such_option/);
  });
});

describe("Python's client", () => {
  it("is importable", async () => {
    const { stdout } = await run(await pythonWith("paho-mqtt", quiet), [
      "-c",
      "import paho.mqtt as paho; print(paho.__version__)",
    ]);
    expect(stdout).toBe("2.1.0\n");
  });
});
