import {
  addCredential,
  createProvisioningKey,
  deleteDevice,
  deleteProvisioningKey,
  foldAccess,
  foldDevice,
  formatPasswordHash,
  patchDevice,
  registerDevice,
  removeCredential,
  type AccessState,
  type DeviceCredential,
  type DeviceInput,
  type DeviceState,
  type DeviceWrite,
  type ProvisioningKey,
} from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { nowMicros, randomToken, sha256 } from "@headwater/core";
import { randomBytes, scryptSync } from "node:crypto";

/** Writes devices and provisioning keys as the ingest service does, for tests that change them. */
export class DeviceLog {
  readonly #log: EventLog;
  readonly #topics: { readonly devices: string; readonly access: string };
  readonly #devices = new Map<string, DeviceState>();
  readonly #keys = new Map<string, AccessState>();

  constructor(log: EventLog, topics: { readonly devices: string; readonly access: string }) {
    this.#log = log;
    this.#topics = topics;
  }

  async register(
    id: string,
    content: { type?: string; tags?: Record<string, string>; credentials?: readonly DeviceCredential[] } = {},
  ): Promise<void> {
    await this.#write(id, (state, write) => registerDevice(state, { id, ...content }, write));
  }

  /** Registers it with a token, and answers the token. */
  async registerWithToken(id: string, content: { type?: string; tags?: Record<string, string> } = {}): Promise<string> {
    const { token, credential } = tokenCredential();
    await this.register(id, { ...content, credentials: [credential] });
    return token;
  }

  async patch(id: string, patch: { type?: string; tags?: Record<string, string | null> }): Promise<void> {
    await this.#write(id, (state, write) => patchDevice(state, id, patch, write));
  }

  async add(id: string, credential: DeviceCredential): Promise<void> {
    await this.#write(id, (state, write) => addCredential(state, id, credential, write));
  }

  async remove(id: string, credentialId: string): Promise<void> {
    await this.#write(id, (state, write) => removeCredential(state, id, credentialId, write));
  }

  async delete(id: string): Promise<void> {
    await this.#write(id, (state, write) => deleteDevice(state, id, write));
  }

  /** Answers the key itself. */
  async provisioningKey(key: Partial<ProvisioningKey> & { readonly id: string }): Promise<string> {
    const secret = randomToken();
    const common = {
      name: "test",
      devices: "",
      type: "",
      tags: {},
      createdAt: nowMicros(),
      expiresAt: 0,
      createdBy: "test",
    };
    await this.#access(key.id, createProvisioningKey({ ...common, ...key, hash: sha256(secret) }, randomToken()));
    return secret;
  }

  async deleteKey(id: string): Promise<void> {
    await this.#access(id, deleteProvisioningKey(this.#keys.get(id), id, randomToken()));
  }

  async #access(id: string, input: Parameters<typeof events.access.encode>[0]): Promise<void> {
    const value = events.access.encode(input);
    this.#keys.set(id, foldAccess(this.#keys.get(id), events.access.decode(value)).state);
    await this.#log.append(this.#topics.access, [{ key: id, value }]);
  }

  async #write(id: string, decide: (state: DeviceState | undefined, write: DeviceWrite) => DeviceInput): Promise<void> {
    const value = events.device.encode(
      decide(this.#devices.get(id), { at: nowMicros(), by: "test", writeId: randomToken() }),
    );
    this.#devices.set(id, foldDevice(this.#devices.get(id), events.device.decode(value), nowMicros()).state);
    await this.#log.append(this.#topics.devices, [{ key: id, value }]);
  }
}

export function tokenCredential(id = randomToken(), expiresAt = 0): { token: string; credential: DeviceCredential } {
  const token = randomToken();
  return { token, credential: { id, kind: "token", hash: sha256(token), createdAt: nowMicros(), expiresAt } };
}

/** By default with costs that a test can wait for. */
export function passwordCredential(password: string, options: { id?: string; ln?: number } = {}): DeviceCredential {
  const { id = randomToken(), ln = 8 } = options;
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 2 ** ln, r: 8, p: 1, maxmem: 2 ** 28 });
  const text = formatPasswordHash({ ln, r: 8, p: 1, salt, hash });
  return { id, kind: "password", hash: Buffer.from(text), createdAt: nowMicros(), expiresAt: 0 };
}

export function certificateCredential(subject: string, id = randomToken()): DeviceCredential {
  return { id, kind: "x509", hash: new Uint8Array(0), subject, createdAt: nowMicros(), expiresAt: 0 };
}
