import { execFile, type ExecFileException } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll } from "vitest";
import { debianProgram } from "../../scripts/servers/debian-packages.ts";
import { clientSuite } from "./client-suite.ts";
import { commandFilter, replyOf, telemetryTopic, type DeviceLogin, type Way } from "./real-client.ts";
import { sceneOfFile } from "./scene.ts";
import { awayMs, elsewhere, notesOf, version5Suite } from "./version5-suite.ts";

const withinMs = 120_000;
let programs: { readonly pub: string; readonly sub: string };
beforeAll(async () => {
  const quiet = (): void => {};
  programs = { pub: await debianProgram("mosquitto_pub", quiet), sub: await debianProgram("mosquitto_sub", quiet) };
});

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function run(
  program: string,
  way: Way,
  { id, token }: DeviceLogin,
  args: readonly string[],
  version = "mqttv311",
): Promise<Ended> {
  const { port, caFile, certificate, transport } = way;
  const login = ["-h", "127.0.0.1", "-p", String(port), "-V", version, "-u", id, "-P", token];
  const tls = transport === "tls" ? ["--cafile", caFile] : [];
  const mutual = certificate === undefined ? [] : ["--cert", certificate.certFile, "--key", certificate.keyFile];
  return new Promise((resolve) => {
    execFile(
      program,
      [...login, ...tls, ...mutual, ...args],
      { timeout: withinMs },
      (error: ExecFileException | null, output, errors) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, output, errors: errors + (error?.signal ?? "") });
      },
    );
  });
}

async function succeed(...args: Parameters<typeof run>): Promise<string> {
  const { code, output, errors } = await run(...args);
  if (code !== 0) throw new RangeError(`${args[0]} ended with ${code}: ${errors}`);
  return output;
}

const plain = sceneOfFile("none");
clientSuite(plain, {
  name: "Mosquitto's clients",
  // Debian's are built without WebSocket.
  transports: ["tcp", "tls"],
  async work(way, login, n) {
    const { pub, sub } = programs;
    for (const qos of ["0", "1", "2"]) {
      await succeed(pub, way, login, ["-q", qos, "-t", telemetryTopic(login.id), "-m", `{"q${qos}":${n}}`]);
    }
    const heard = await succeed(sub, way, login, [
      ...["-q", "1", "-t", commandFilter(login.id), "-C", "1", "-W", "90", "-F", "%t %p"],
    ]);
    const [topic = "", ...rest] = heard.trim().split(" ");
    const payload = rest.join(" ");
    await succeed(pub, way, login, ["-q", "1", "-t", `${topic}/reply`, "-m", replyOf(payload)]);
    return payload;
  },
  async isLetIn(way, login) {
    const { pub, sub } = programs;
    const ends = await Promise.all([
      run(pub, way, login, ["-q", "1", "-t", telemetryTopic(login.id), "-m", '{"tried":1}']),
      // It ends by itself only if it is refused; otherwise it is still listening when its time is up (exit code 27).
      run(sub, way, login, ["-q", "1", "-t", commandFilter(login.id), "-W", "8"]),
    ]);
    const [published, subscribed] = ends.map(({ code }) => code);
    const letIn = published === 0;
    // Mosquitto's subscriber tries again for ever where the line breaks instead of being told no.
    if (letIn !== (subscribed === 27) && !(way.transport === "tls" && subscribed === 27)) {
      throw new RangeError(`mosquitto_pub and mosquitto_sub do not agree: ${JSON.stringify(ends)}`);
    }
    return letIn;
  },
});

/** The last reason code that a program told of, which has to say everything (-d); 0: none but success. */
function codeIn({ output, errors }: Ended): number {
  const told = /(?:CONNACK \(|RC:|Subscribed \(mid: \d+\): )(\d+)/g;
  return Number([...(output + errors).matchAll(told)].at(-1)?.[1] ?? 0);
}

version5Suite(plain, {
  name: "Mosquitto's clients",
  transports: ["tcp", "tls"],
  async work(way, login, n) {
    const { pub, sub } = programs;
    for (const qos of ["0", "1", "2"]) {
      const properties = ["-D", "publish", "user-property", "shift", "night"];
      const message = ["-q", qos, "-t", telemetryTopic(login.id), "-m", `{"q${qos}":${n}}`];
      await succeed(pub, way, login, [...message, ...properties], "mqttv5");
    }
    const format = "%C\t%R\t%D\t%p";
    const listen = ["-q", "1", "-t", commandFilter(login.id), "-C", "1", "-W", "90", "-F", format];
    const heard = await succeed(sub, way, login, listen, "mqttv5");
    const [contentType = "", responseTopic = "", correlationData = "", payload = ""] = heard.trimEnd().split("\t");
    const answer = ["-q", "1", "-t", responseTopic, "-m", replyOf(payload)];
    await succeed(pub, way, login, [...answer, "-D", "publish", "correlation-data", correlationData], "mqttv5");
    return { payload, contentType, responseTopic, correlationData };
  },
  async refusals(way, login) {
    const { pub, sub } = programs;
    const wrong = { ...login, token: `${login.token}x` };
    const tell = ["-d", "-q", "1", "-t", elsewhere];
    return {
      login: codeIn(await run(pub, way, wrong, [...tell, "-m", "{}"], "mqttv5")),
      message: codeIn(await run(pub, way, login, [...tell, "-m", "{}"], "mqttv5")),
      subscription: codeIn(await run(sub, way, login, [...tell, "-W", "8"], "mqttv5")),
    };
  },
  async comesBack(way, login) {
    const { pub, sub } = programs;
    const notes = ["-q", "1", "-t", notesOf(login.id)];
    const session = [...notes, "-c", "-i", "kept", "-x", "600"];
    await succeed(sub, way, login, [...session, "-E"], "mqttv5");
    const stale = ["-m", "stale", "-D", "publish", "message-expiry-interval", "1"];
    await succeed(pub, way, login, [...notes, ...stale], "mqttv5");
    await succeed(pub, way, login, [...notes, "-m", "kept"], "mqttv5");
    await sleep(awayMs);
    return (await succeed(sub, way, login, [...session, "-C", "1", "-W", "90"], "mqttv5")).trim().split("\n");
  },
});
