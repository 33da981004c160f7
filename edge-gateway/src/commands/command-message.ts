import { isoFromMicros } from "@headwater/core";
import type { CommandState } from "@headwater/aggregates";

/** What a device is told of a command. `params` is JSON text, "" if there are none. */
export type CommandToSend = Pick<CommandState, "id" | "name" | "params" | "deadline">;

/** As devices on Headwater's own topics get it. */
export function headwaterMessage({ id, name, params, deadline }: CommandToSend): string {
  const head = JSON.stringify({ name, commandId: id, deadline: isoFromMicros(deadline) });
  return params === "" ? head : `${head.slice(0, -1)},"params":${params}}`;
}
