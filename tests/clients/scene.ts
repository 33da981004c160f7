import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { issueServer, TestAuthority, type IssueOptions } from "../../edge-gateway/test/certificates.ts";
import { openEmbedded } from "../e2e/platform/embedded.ts";
import type { Platform } from "../e2e/platform/platform.ts";
import type { Certificate, Transport, Way } from "./real-client.ts";

/** A running Headwater that listens in every way, with an authority for its certificates. */
export interface Scene {
  readonly platform: Platform;
  way(transport: Transport, certificate?: Certificate): Way;
  /** A client certificate that the gateway trusts. */
  trusted(subject: string): Promise<Certificate>;
  /** One of an authority that it does not know. */
  untrusted(subject: string): Promise<Certificate>;
  close(): Promise<void>;
}

/** One for all suites of a file, there within its tests: a platform takes seconds to start. */
export function sceneOfFile(clientCertificates: "none" | "require"): () => Scene {
  let scene: Scene | undefined;
  beforeAll(async () => {
    scene = await openScene(clientCertificates);
  });
  afterAll(() => scene?.close());
  return () => scene!;
}

export async function openScene(clientCertificates: "none" | "require"): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "headwater-clients-"));
  const [authority, stranger] = [await TestAuthority.create(), await TestAuthority.create("A stranger")];
  let written = 0;
  const issue = async (by: TestAuthority, options: IssueOptions): Promise<Certificate> => {
    const { cert, key } = await by.issue(options);
    written += 1;
    const files = { certFile: join(folder, `${written}.pem`), keyFile: join(folder, `${written}.key`) };
    await writeFile(files.certFile, cert);
    await writeFile(files.keyFile, key, { mode: 0o600 });
    return { ...files, cert, key };
  };
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.cert);
  const server = await issueServer(authority);
  const serverFiles = { cert: join(folder, "server.pem"), key: join(folder, "server.key") };
  await writeFile(serverFiles.cert, server.cert);
  await writeFile(serverFiles.key, server.key, { mode: 0o600 });
  const platform = await openEmbedded({
    settings: {
      HEADWATER_MQTT_TLS_PORT: "0",
      HEADWATER_MQTT_WS_PORT: "0",
      HEADWATER_MQTT_WSS_PORT: "0",
      HEADWATER_MQTT_TLS_CERT_FILE: serverFiles.cert,
      HEADWATER_MQTT_TLS_KEY_FILE: serverFiles.key,
      ...(clientCertificates === "require" && {
        HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require",
        HEADWATER_MQTT_TLS_CA_FILE: caFile,
      }),
    },
  });
  const port = (transport: Transport): number => {
    const scheme = { tcp: "mqtt", tls: "mqtts", ws: "ws", wss: "wss" }[transport];
    return Number(new URL(platform.addresses().find((address) => address.startsWith(`${scheme}://`))!).port);
  };
  return {
    platform,
    way: (transport, certificate) => ({ transport, port: port(transport), caFile, ca: authority.cert, certificate }),
    trusted: (subject) => issue(authority, { subject }),
    untrusted: (subject) => issue(stranger, { subject }),
    async close() {
      await platform.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
