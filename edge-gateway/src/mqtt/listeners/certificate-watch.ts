import { ResourceError, type Logger } from "@headwater/core";
import { readTlsFiles, tlsMaterial, type TlsMaterial, type TlsSettings } from "./tls-material.ts";

export interface CertificateWatchOptions {
  readonly settings: TlsSettings;
  readonly logger: Logger;
  /** New connections are to get this. */
  readonly onChanged: (material: TlsMaterial) => void;
  readonly onFailed: () => void;
}

const soonMs = 14 * 86_400_000;
const remindMs = 86_400_000;

/**
 * Keeps up with the certificate files. It looks at their contents from time to time: that sees a file that is written
 * anew, one that is renamed over, and the swapped folder links of Kubernetes and certbot alike. What does not fit
 * together stays unused, and the former stays in use.
 */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #material!: TlsMaterial;
  #digest = "";
  /** The problem at the last look; undefined: none. */
  #wrong: string | undefined;
  #told: string | undefined;
  #remindedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** Reads the files for the first time. Throws ResourceError if they cannot be used. */
  async load(): Promise<TlsMaterial> {
    const { settings } = this.#options;
    const files = await readTlsFiles(settings);
    this.#material = tlsMaterial(settings, files);
    this.#digest = files.digest;
    this.#remind();
    return this.#material;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, this.#options.settings.reloadMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { settings, logger, onChanged, onFailed } = this.#options;
    try {
      const files = await readTlsFiles(settings);
      if (files.digest !== this.#digest) {
        this.#material = tlsMaterial(settings, files);
        this.#digest = files.digest;
        onChanged(this.#material);
        const { subject, fingerprint, expiresAt } = this.#material;
        logger.info(
          { subject, fingerprint, expires: new Date(expiresAt).toISOString() },
          "new connections get the new certificate",
        );
        this.#remindedAt = Number.NEGATIVE_INFINITY;
      }
      this.#wrong = undefined;
      this.#told = undefined;
    } catch (error) {
      const wrong = error instanceof ResourceError ? error.message : String(error);
      // Between the certificate and its key being written the two do not fit: only what is still so at the next look is
      // told.
      if (wrong === this.#wrong && wrong !== this.#told) {
        this.#told = wrong;
        onFailed();
        logger.error({ why: wrong }, "the certificate files changed and cannot be used; the former certificate stays");
      }
      this.#wrong = wrong;
    }
    this.#remind();
  }

  /** Once a day while the certificate is about to expire or has. */
  #remind(): void {
    const { expiresAt, subject } = this.#material;
    if (expiresAt - Date.now() > soonMs || performance.now() - this.#remindedAt < remindMs) return;
    this.#remindedAt = performance.now();
    const what = expiresAt < Date.now() ? "the TLS certificate has expired" : "the TLS certificate expires soon";
    this.#options.logger.warn({ subject, expires: new Date(expiresAt).toISOString() }, what);
  }
}
