import { DecodeError } from "@headwater/core";

/** What a new device says about itself. */
export interface ProvisioningRequest {
  readonly device: string;
  /** The secret that it will log in with; made by itself, so that an answer that is lost takes nothing with it. */
  readonly token: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const maxBytes = 64 * 1024;
const token = { min: 32, max: 256, different: 8 } as const;
const known = ["device", "token", "attributes"];

/** Throws DecodeError that says what is wrong; never with the secret in it. */
export function parseProvisioningRequest(payload: Uint8Array): ProvisioningRequest {
  if (payload.length > maxBytes) throw new DecodeError(`A request has at most ${maxBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    throw new DecodeError('A request has to be JSON, like {"device": "boiler-7", "token": "…"}');
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new DecodeError("A request has to be an object");
  const fields = value as Record<string, unknown>;
  const stranger = Object.keys(fields).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new DecodeError(`${JSON.stringify(stranger.slice(0, 64))} is not known here; known are ${known.join(", ")}`);
  }
  const { device, attributes = {} } = fields;
  if (typeof device !== "string") throw new DecodeError("`device` has to be the id that the device is to have");
  if (typeof attributes !== "object" || attributes === null || Array.isArray(attributes)) {
    throw new DecodeError("`attributes` has to be an object");
  }
  return { device, token: checkedToken(fields["token"]), attributes: attributes as ProvisioningRequest["attributes"] };
}

function checkedToken(value: unknown): string {
  if (
    typeof value !== "string" ||
    value.length < token.min ||
    value.length > token.max ||
    !/^[\x21-\x7e]+$/.test(value)
  ) {
    throw new DecodeError(
      `\`token\` has to be ${token.min} to ${token.max} printable characters without spaces, made at random by the device, which logs in with it from then on`,
    );
  }
  if (new Set(value).size < token.different)
    throw new DecodeError("`token` is not random: it repeats a few characters");
  return value;
}
