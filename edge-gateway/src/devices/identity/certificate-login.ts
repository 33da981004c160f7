import { fingerprintSubject, subjectOfCertificate } from "@headwater/aggregates";
import type { DeviceRegistry } from "../registry/device-registry.ts";
import { earlier, usable } from "./credentials.ts";
import { refuse, type ClientCertificate, type LoginVerdict } from "./login-request.ts";

/**
 * Login by a client certificate that a listener has verified: its fingerprint or its distinguished name is a credential
 * of a device. Where the certificate authorities are trusted to name devices, its common name is the device's id.
 */
export class CertificateLogin {
  readonly #registry: DeviceRegistry;
  readonly #commonNames: boolean;

  constructor(registry: DeviceRegistry, commonNames: boolean) {
    this.#registry = registry;
    this.#commonNames = commonNames;
  }

  /** `username`: which device it says it is, if it says so. */
  login(username: string | undefined, certificate: ClientCertificate): LoginVerdict {
    const matches = this.#matches(username, certificate);
    if (matches.length > 1) return refuse("badLogin", "ambiguous-certificate");
    const match = matches[0];
    if (match !== undefined) {
      const expiresAt = earlier(match.expiresAt, certificate.notAfter);
      const { device, incarnation, credentialId } = match;
      return { principal: { kind: "device", device, incarnation, credentialId, expiresAt } };
    }
    const { commonName, notAfter } = certificate;
    const named = this.#commonNames && commonName !== undefined && (username ?? commonName) === commonName;
    const registered = named ? this.#registry.device(commonName) : undefined;
    if (registered === undefined) return refuse("badLogin", "unknown-certificate");
    const { device, incarnation } = registered;
    return { principal: { kind: "device", device, incarnation, credentialId: undefined, expiresAt: notAfter } };
  }

  #matches(username: string | undefined, { fingerprint, subject }: ClientCertificate) {
    const subjects = [fingerprintSubject(fingerprint), subjectOfCertificate(subject)].filter(
      (each) => each !== undefined,
    );
    const devices = new Set(subjects.flatMap((each) => this.#registry.devicesWithSubject(each)));
    return [...devices].flatMap((device) => {
      if (username !== undefined && username !== device) return [];
      const registered = this.#registry.device(device);
      const credential = usable(registered, "x509").find((each) => subjects.includes(each.subject ?? ""));
      if (registered === undefined || credential === undefined) return [];
      const { id: credentialId, expiresAt } = credential;
      return [{ device, incarnation: registered.incarnation, credentialId, expiresAt }];
    });
  }
}
