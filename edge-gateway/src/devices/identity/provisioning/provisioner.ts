import { idMatches } from "@headwater/aggregates";
import { DecodeError, nowMicros, RequestError, sha256, type Logger } from "@headwater/core";
import { randomUUID } from "node:crypto";
import type { DeviceRegistry } from "../../registry/device-registry.ts";
import { tokenCredential } from "../credentials.ts";
import { parseProvisioningRequest, type ProvisioningRequest } from "./provisioning-request.ts";
import type { Registrar } from "./registrar.ts";

export interface ProvisioningAnswer {
  readonly device?: string;
  /**
   * "registered": it may log in with its id and token; also if it was registered before with that very token. "exists":
   * another has that id. "refused": never so. "later": the same request again.
   */
  readonly status: "registered" | "exists" | "refused" | "later";
  readonly reason?: string;
}

export interface ProvisionerOptions {
  readonly registry: DeviceRegistry;
  readonly registrar: Registrar;
  readonly logger: Logger;
}

/** New devices register themselves with a provisioning key. A device that is there is never changed by one. */
export class Provisioner {
  readonly #options: ProvisionerOptions;

  constructor(options: ProvisionerOptions) {
    this.#options = options;
  }

  async answer(keyId: string, payload: Uint8Array): Promise<ProvisioningAnswer> {
    let request: ProvisioningRequest;
    try {
      request = parseProvisioningRequest(payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return { status: "refused", reason: error.message };
    }
    const { device } = request;
    const answer = await this.#register(keyId, request);
    this.#options.logger.info(
      { device: device.slice(0, 128), key: keyId, status: answer.status },
      "a device asked to be registered",
    );
    return { device, ...answer };
  }

  async #register(keyId: string, { device, token, attributes }: ProvisioningRequest): Promise<ProvisioningAnswer> {
    const { registry, registrar } = this.#options;
    const key = registry.provisioningKey(keyId);
    if (key === undefined || (key.expiresAt !== 0 && key.expiresAt <= nowMicros())) {
      return { status: "refused", reason: "The provisioning key is no longer valid" };
    }
    if (!idMatches(key.devices, device))
      return { status: "refused", reason: `This key registers devices called ${key.devices}` };
    const isItself = (): boolean => tokenCredential(registry.device(device), Buffer.from(token)) !== undefined;
    if (isItself()) return { status: "registered" };
    const credential = { id: randomUUID(), kind: "token", hash: sha256(token), createdAt: nowMicros(), expiresAt: 0 };
    const { type, tags } = key;
    try {
      const outcome = await registrar.register(
        { id: device, type, tags, attributes, credentials: [credential] },
        `provisioning-key:${keyId}`,
      );
      // An earlier request whose answer was lost may have registered it.
      if (outcome === "registered" || isItself()) return { status: "registered" };
      if (outcome === "exists") return { status: "exists", reason: "There is a device of that id already" };
      return { status: "later", reason: "The event log is away; ask again in a few seconds" };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { status: "refused", reason: error.message };
    }
  }
}
