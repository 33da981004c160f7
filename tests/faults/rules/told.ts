import { nowMicros } from "@headwater/core";
import { partitionFor } from "@headwater/event-log";
import type { Receiver } from "../../../rules-service/test/support/receiver.ts";
import type { Repeat } from "./outcome.ts";

/** What a receiver of webhooks was told, by id. */
export class Told {
  /** `type alert transition`, by id. */
  readonly byId = new Map<string, string>();
  readonly repeats: Repeat[] = [];
  readonly faults: string[] = [];
  /** By partition: the newest raise that it was told of (µs). */
  readonly upTo = new Map<number, number>();

  constructor(receiver: Receiver, partitions: number) {
    receiver.answer = ({ id, body }, response) => {
      const { type, data } = body as { type: string; data: ToldTransition };
      const what = `${type} ${data.alert.id} ${data.transition}`;
      const before = this.byId.get(id);
      if (before === undefined) this.byId.set(id, what);
      else {
        this.repeats.push({ what, appendTime: nowMicros() });
        if (before !== what) this.faults.push(`${id} was ${before} and is ${what}`);
      }
      const partition = partitionFor(data.alert.device, partitions);
      const raisedAt = Date.parse(data.alert.raisedAt) * 1000;
      this.upTo.set(partition, Math.max(this.upTo.get(partition) ?? 0, raisedAt));
      response.writeHead(204).end();
    };
  }
}

interface ToldTransition {
  readonly transition: number;
  readonly alert: { readonly id: string; readonly device: string; readonly raisedAt: string };
}
