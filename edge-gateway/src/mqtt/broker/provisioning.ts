import { HeadwaterError, type Logger } from "@headwater/core";
import { provisioningTopics } from "../../devices/access/provisioning-permissions.ts";
import type { Identity } from "../../devices/identity/identity.ts";
import { internals } from "./aedes-internals.ts";
import { isLargerThanTaken } from "./largest-outgoing.ts";
import type { Connection } from "./connection.ts";
import { correlationOf, type RequestMessage } from "./correlation.ts";

export interface ProvisioningSession {
  readonly identity: Identity;
  readonly connection: Connection;
  readonly keyId: string;
  readonly logger: Logger;
}

/**
 * A request of a new device: acknowledged once there is an answer, which goes to its own connection and nowhere else,
 * at QoS 0. A request whose answer is lost is asked again, to the same effect.
 */
export async function answerProvisioning(
  { identity, connection, keyId, logger }: ProvisioningSession,
  { payload, properties }: RequestMessage,
  done: () => void,
): Promise<void> {
  let answer: object;
  try {
    answer = await identity.provision(keyId, payload);
  } catch (error) {
    logger.error(
      { err: error, code: error instanceof HeadwaterError ? error.code : undefined },
      "a registration failed",
    );
    answer = { status: "later", reason: "The gateway could not decide; ask again in a few seconds" };
  }
  const { client } = connection;
  const isListening = internals(client).subscriptions[provisioningTopics.response] !== undefined;
  if (!client.closed && isListening) {
    const message = {
      topic: provisioningTopics.response,
      payload: JSON.stringify(answer),
      qos: 0,
      properties: correlationOf(properties),
    } as const;
    if (isLargerThanTaken(client, message))
      logger.warn(connection.who, "a new device takes no packet as large as its answer");
    else connection.say({ cmd: "publish", ...message, dup: false, retain: false });
  }
  done();
}
