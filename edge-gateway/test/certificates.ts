// The library needs it before anything else.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { randomBytes, webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

type KeyPair = webcrypto.CryptoKeyPair;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;

export interface Issued {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly serial: string;
}

export interface IssueOptions {
  /** RFC 4514, the last attribute first: "CN=boiler-1,O=Example". */
  readonly subject: string;
  /** Names and addresses of a server. */
  readonly names?: readonly string[];
  /** From now (milliseconds). */
  readonly lifetimeMs?: number;
  readonly notBefore?: Date;
}

/** A certificate authority made for one test. */
export class TestAuthority {
  readonly cert: string;
  readonly #subject: string;
  readonly #keys: KeyPair;

  private constructor(cert: string, subject: string, keys: KeyPair) {
    this.cert = cert;
    this.#subject = subject;
    this.#keys = keys;
  }

  static async create(name = "Test authority"): Promise<TestAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      ...lifetime({}),
      serialNumber: serialNumber(),
      signingAlgorithm: algorithm,
      extensions: authorityExtensions(),
    });
    return new TestAuthority(certificate.toString("pem"), certificate.subject, keys);
  }

  /** An authority below this one. */
  async intermediate(name: string): Promise<TestAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: this.#subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      ...lifetime({}),
      serialNumber: serialNumber(),
      signingAlgorithm: algorithm,
      extensions: authorityExtensions(),
    });
    return new TestAuthority(certificate.toString("pem"), certificate.subject, keys);
  }

  async issue(options: IssueOptions): Promise<Issued> {
    const keys = await generateKeys();
    const serial = serialNumber();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: options.subject,
      issuer: this.#subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      ...lifetime(options),
      serialNumber: serial,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        ...(options.names === undefined
          ? []
          : [
              new x509.SubjectAlternativeNameExtension(
                options.names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value })),
              ),
            ]),
      ],
    });
    return { cert: `${certificate.toString("pem")}\n`, key: await privateKeyPem(keys), serial };
  }

  /** A list that revokes these. */
  async revoke(...serials: readonly string[]): Promise<string> {
    const list = await x509.X509CrlGenerator.create({
      issuer: this.#subject,
      thisUpdate: new Date(Date.now() - day),
      nextUpdate: new Date(Date.now() + 30 * day),
      entries: serials.map((serial) => ({ serialNumber: serial, revocationDate: new Date() })),
      signingAlgorithm: algorithm,
      signingKey: this.#keys.privateKey,
    });
    // OpenSSL knows them by a longer name.
    return `${list.toString("pem").replaceAll(/(BEGIN|END) CRL/g, "$1 X509 CRL")}\n`;
  }
}

/** Files of a server on loopback and of its clients' authority, with the settings that name them. */
export async function writeServerFiles(
  folder: string,
  authority: TestAuthority,
  server?: Issued,
): Promise<Record<string, string>> {
  const { cert, key } = server ?? (await issueServer(authority));
  const files = { cert: join(folder, "server.pem"), key: join(folder, "server.key"), ca: join(folder, "ca.pem") };
  await writeFile(files.cert, cert);
  await writeFile(files.key, key, { mode: 0o600 });
  await writeFile(files.ca, authority.cert);
  return {
    HEADWATER_MQTT_TLS_PORT: "0",
    HEADWATER_MQTT_WSS_PORT: "0",
    HEADWATER_MQTT_TLS_CERT_FILE: files.cert,
    HEADWATER_MQTT_TLS_KEY_FILE: files.key,
  };
}

export function issueServer(authority: TestAuthority, options: Partial<IssueOptions> = {}): Promise<Issued> {
  return authority.issue({ subject: "CN=localhost", names: ["localhost", "127.0.0.1"], ...options });
}

function authorityExtensions(): x509.Extension[] {
  const usage = x509.KeyUsageFlags;
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
  ];
}

function lifetime({ notBefore, lifetimeMs = 2 * day }: Partial<IssueOptions>): { notBefore: Date; notAfter: Date } {
  return { notBefore: notBefore ?? new Date(Date.now() - day), notAfter: new Date(Date.now() + lifetimeMs) };
}

function serialNumber(): string {
  return `5${randomBytes(15).toString("hex").slice(1)}`;
}

async function generateKeys(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function privateKeyPem({ privateKey }: KeyPair): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
  return `-----BEGIN PRIVATE KEY-----\n${bytes
    .toString("base64")
    .replaceAll(/(.{64})/g, "$1\n")
    .trimEnd()}\n-----END PRIVATE KEY-----\n`;
}
