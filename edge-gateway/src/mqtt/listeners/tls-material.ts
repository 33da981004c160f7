import { ResourceError } from "@headwater/core";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { GatewayConfig } from "../../config.ts";

export type TlsSettings = GatewayConfig["mqtt"]["tls"];

/** What TLS is spoken with, read from its files and known to fit together. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** When the first certificate of the chain that is sent expires (milliseconds since the epoch). */
  readonly expiresAt: number;
  /** Of the server certificate: SHA-256, lower-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly subject: string;
}

/** The bytes of the files, by setting. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  readonly crl: string | undefined;
  /** Of all of them. */
  readonly digest: string;
}

const names = {
  cert: "HEADWATER_MQTT_TLS_CERT_FILE",
  key: "HEADWATER_MQTT_TLS_KEY_FILE",
  ca: "HEADWATER_MQTT_TLS_CA_FILE",
  crl: "HEADWATER_MQTT_TLS_CRL_FILE",
} as const;

/** A list of authorities or of revoked certificates may be long; nothing that is this long is meant. */
const maxFileBytes = 16 * 1024 * 1024;

/** Forward secrecy and authenticated encryption only; of TLS 1.3 all suites are so. */
const ciphers = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** Reads the files. Throws ResourceError that names the file and its setting. */
export async function readTlsFiles(settings: TlsSettings): Promise<TlsFiles> {
  const [cert, key, ca, crl] = await Promise.all([
    read(names.cert, settings.certFile!),
    read(names.key, settings.keyFile!),
    settings.caFile === undefined ? undefined : read(names.ca, settings.caFile),
    settings.crlFile === undefined ? undefined : read(names.crl, settings.crlFile),
  ]);
  const hash = createHash("sha256");
  for (const content of [cert, key, ca, crl]) hash.update(`${content?.length ?? -1}:`).update(content ?? "");
  return { cert, key, ca, crl, digest: hash.digest("hex") };
}

/**
 * Checks that everything fits together. Throws ResourceError that names the file, its setting and what is wrong with
 * it.
 */
export function tlsMaterial(settings: TlsSettings, files: TlsFiles): TlsMaterial {
  const where = (name: keyof typeof names, file: string | undefined): string => `${file} (${names[name]})`;
  const chain = certificatesOf(files.cert, where("cert", settings.certFile));
  const [leaf] = chain;
  let key;
  try {
    key = createPrivateKey({ key: files.key, passphrase: settings.keyPassphrase });
  } catch {
    const passphrase = files.key.includes("ENCRYPTED")
      ? ", which is encrypted: is HEADWATER_MQTT_TLS_KEY_PASSPHRASE right?"
      : "";
    throw new ResourceError(
      `${where("key", settings.keyFile)} holds no private key in PEM that can be read${passphrase}`,
    );
  }
  if (!leaf!.checkPrivateKey(key)) {
    throw new ResourceError(
      `${where("key", settings.keyFile)} is not the key of the first certificate in ${where("cert", settings.certFile)}`,
    );
  }
  if (files.ca !== undefined) certificatesOf(files.ca, where("ca", settings.caFile));
  const crls = files.crl === undefined ? undefined : blocks(files.crl, "X509 CRL");
  if (crls?.length === 0) throw new ResourceError(`${where("crl", settings.crlFile)} holds no revocation list in PEM`);
  const context: SecureContextOptions = {
    // Files that were put one after the other without a line's end between them are no PEM to OpenSSL.
    cert: blocks(files.cert, "CERTIFICATE").join("\n"),
    key: files.key,
    minVersion: settings.minVersion,
    ciphers,
    honorCipherOrder: true,
    sessionIdContext: "headwater-mqtt",
    ...(settings.keyPassphrase !== undefined && { passphrase: settings.keyPassphrase }),
    ...(files.ca !== undefined && { ca: blocks(files.ca, "CERTIFICATE") }),
    ...(crls !== undefined && { crl: crls }),
  };
  try {
    createSecureContext(context);
  } catch (error) {
    throw new ResourceError(
      `${[settings.certFile, settings.keyFile, settings.caFile, settings.crlFile].filter(Boolean).join(", ")} cannot be used for TLS (HEADWATER_MQTT_TLS_…): ${(error as Error).message}`,
    );
  }
  return {
    context,
    expiresAt: Math.min(...chain.map((certificate) => certificate.validToDate.getTime())),
    fingerprint: leaf!.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: leaf!.subject.replaceAll("\n", ", "),
  };
}

async function read(setting: string, file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) throw new ResourceError(`${file} (${setting}) is larger than 16 MiB`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof ResourceError) throw error;
    throw new ResourceError(
      `${file} (${setting}) cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

function certificatesOf(pem: string, where: string): X509Certificate[] {
  const found = blocks(pem, "CERTIFICATE");
  if (found.length === 0) throw new ResourceError(`${where} holds no certificate in PEM`);
  try {
    return found.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new ResourceError(`${where} holds a certificate that cannot be read: ${(error as Error).message}`);
  }
}

/** OpenSSL takes one revocation list at a time. */
function blocks(pem: string, label: string): string[] {
  return pem.match(new RegExp(`-----BEGIN ${label}-----[^-]*-----END ${label}-----`, "g")) ?? [];
}
