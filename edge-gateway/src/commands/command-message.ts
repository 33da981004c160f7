import { isoFromMicros, nowMicros } from "@headwater/core";
import type { CommandState } from "@headwater/aggregates";

/** What a device is told of a command. `params` is JSON text, "" if there are none. */
export type CommandToSend = Pick<CommandState, "id" | "name" | "params" | "deadline">;

/** What MQTT 5 tells a device beside a command. */
export interface CommandProperties {
  readonly messageExpiryInterval: number;
  readonly responseTopic: string;
  readonly correlationData: Buffer;
  readonly contentType: string;
  readonly payloadFormatIndicator: boolean;
}

export function commandProperties({ id, deadline }: CommandToSend, responseTopic: string): CommandProperties {
  return {
    messageExpiryInterval: secondsTo(deadline),
    responseTopic,
    correlationData: Buffer.from(id),
    contentType: "application/json",
    payloadFormatIndicator: true,
  };
}

/** As MQTT 5 tells a device how long a message counts: in whole seconds, and one at least. */
export function secondsTo(deadline: number): number {
  return Math.min(0xffff_fffe, Math.max(1, Math.ceil((deadline - nowMicros()) / 1e6)));
}

/** As devices on Headwater's own topics get it. */
export function headwaterMessage({ id, name, params, deadline }: CommandToSend): string {
  const head = JSON.stringify({ name, commandId: id, deadline: isoFromMicros(deadline) });
  return params === "" ? head : `${head.slice(0, -1)},"params":${params}}`;
}
