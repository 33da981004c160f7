import { AccessRules } from "../access/access-rules.ts";
import type { Permissions } from "../access/permissions.ts";
import { provisioningPermissions } from "../access/provisioning-permissions.ts";
import { FirmwareTopics } from "@headwater/decode";
import type { EventLog, TopicNames } from "@headwater/event-log";
import type { Logger } from "@headwater/core";
import { join } from "node:path";
import type { GatewayConfig } from "../../config.ts";
import type { DeviceRegistry } from "../registry/device-registry.ts";
import { Authenticator } from "./authenticator.ts";
import { CertificateLogin } from "./certificate-login.ts";
import { JwtLogin } from "./jwt/jwt-login.ts";
import type { LoginRequest, LoginVerdict } from "./login-request.ts";
import { PasswordLogin } from "./password/password-login.ts";
import { ScryptQueue } from "./password/scrypt-queue.ts";
import { deviceSessionPrefix, type Principal } from "./principal.ts";
import { Provisioner, type ProvisioningAnswer } from "./provisioning/provisioner.ts";
import { Registrar } from "./provisioning/registrar.ts";

export interface IdentityOptions {
  readonly config: Pick<GatewayConfig, "identity" | "acl" | "mqtt" | "routes">;
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly registry: DeviceRegistry;
  readonly gateway: string;
  /** Of the gateway's files. */
  readonly folder: string;
  readonly logger: Logger;
}

/** Sessions of earlier ones, left while this gateway was away, expire: nobody comes back to them. */
const maxPredecessors = 16;

/** Logins, their ends and the rights of principals: all that MQTT asks about the other end of a connection. */
export class Identity {
  readonly #registry: DeviceRegistry;
  readonly #rules: AccessRules;
  readonly #anonymous: Permissions;
  readonly #scrypt: ScryptQueue;
  readonly #jwt: JwtLogin;
  readonly #authenticator: Authenticator;
  readonly #provisioner: Provisioner;

  /** Throws ConfigError for rules or issuers that cannot be. */
  constructor({ config, log, topics, registry, gateway, folder, logger }: IdentityOptions) {
    this.#registry = registry;
    this.#rules = new AccessRules(config.acl, new FirmwareTopics(config.routes));
    this.#anonymous = this.#rules.anonymous;
    this.#scrypt = new ScryptQueue({
      maxWaiting: config.identity.passwordQueue,
      maxWaitMs: config.identity.passwordWaitMs,
      logger,
    });
    this.#jwt = new JwtLogin(config.identity.jwtIssuers, join(folder, "jwt-keys"), logger);
    const registrar = new Registrar({ log, topic: topics.devices, registry, gateway, logger });
    this.#authenticator = new Authenticator({
      registry,
      passwords: new PasswordLogin(this.#scrypt),
      certificates: new CertificateLogin(registry, config.identity.certificateNames),
      jwt: this.#jwt,
      registrar,
      anonymous: config.mqtt.anonymous,
      logger,
    });
    this.#provisioner = new Provisioner({ registry, registrar, logger });
  }

  async start(): Promise<void> {
    await this.#jwt.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#jwt.stop(), this.#scrypt.close()]);
  }

  /** Comparisons of passwords under way and waiting. */
  get waitingPasswords(): number {
    return this.#scrypt.waiting;
  }

  login(request: LoginRequest): Promise<LoginVerdict> {
    return this.#authenticator.login(request);
  }

  /** The present rights of the principal; undefined if its login has ended. */
  permissionsOf(principal: Principal): Permissions | undefined {
    switch (principal.kind) {
      case "device": {
        const facts = this.#authenticator.deviceOf(principal);
        return facts === undefined ? undefined : this.#rules.permissionsOf(facts);
      }
      case "provisioning":
        return this.#authenticator.keyIsValid(principal) ? provisioningPermissions : undefined;
      default:
        return this.#anonymous;
    }
  }

  /** Of each device of this id, by what its sessions begin with; undefined: it is no more. */
  permissionsBySessions(device: string): ReadonlyMap<string, Permissions | undefined> {
    const facts = this.#registry.device(device);
    const last = this.#registry.incarnation(device)?.incarnation ?? 0;
    const all = new Map<string, Permissions | undefined>();
    for (let incarnation = Math.max(0, last - maxPredecessors); incarnation <= last; incarnation += 1) {
      const isPresent = facts?.incarnation === incarnation;
      all.set(deviceSessionPrefix(device, incarnation), isPresent ? this.#rules.permissionsOf(facts) : undefined);
    }
    return all;
  }

  /** Registers a new device for whoever has shown the key. */
  provision(keyId: string, payload: Uint8Array): Promise<ProvisioningAnswer> {
    return this.#provisioner.answer(keyId, payload);
  }
}
