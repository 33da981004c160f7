import type { EventLog, TopicNames } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { Logger } from "@headwater/core";
import type { AccessState } from "@headwater/aggregates";
import { FoldOutcomes, type FoldedEvents } from "@headwater/service";
import { accessPart } from "./access/access-model.ts";
import { commandPart, endCommandsOf } from "./commands/command-model.ts";
import { devicePart, type FoldedDevice } from "./devices/device-model.ts";
import { presencePart } from "./devices/presence-model.ts";
import { sweepErased } from "./quarantine/erased.ts";
import { quarantinePart } from "./quarantine/quarantine-model.ts";
import type { QuarantineBounds } from "./quarantine/quarantine-table.ts";
import { rebuildPart } from "./rebuild/rebuild-model.ts";
import { openIngestModel } from "./model/ingest-model.ts";

export interface ReadModelParts {
  readonly model: ReadModel;
  /** Called with every event of a device after it is applied. */
  readonly folded: ((folded: FoldedDevice) => void)[];
  /** Called when a command is to be ended at once. */
  readonly overdue: (() => void)[];
  /** Called when devices were deleted with their data. */
  readonly erased: (() => void)[];
  /** Called when owners of partitions are asked to project something again. */
  readonly asked: (() => void)[];
  /** Called when there are other entries in quarantine than before. */
  readonly quarantined: (() => void)[];
  /** Called when a rebuild has come a step further. */
  readonly rebuilding: (() => void)[];
  /** The fold's outcomes of this process's writes to access.v1. */
  readonly accessOutcomes: FoldOutcomes<AccessState>;
}

/** The read model of this service with its listeners. */
export function openReadModelParts(options: {
  readonly dataDir: string;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly topics: TopicNames;
  readonly foldedEvents: FoldedEvents;
  readonly quarantineBounds: QuarantineBounds;
}): ReadModelParts {
  const { topics, foldedEvents } = options;
  const folded: ((folded: FoldedDevice) => void)[] = [];
  const overdue: (() => void)[] = [];
  const erased: (() => void)[] = [];
  const asked: (() => void)[] = [];
  const quarantined: (() => void)[] = [];
  const rebuilding: (() => void)[] = [];
  const accessOutcomes = new FoldOutcomes<AccessState>();
  let hasReplaced = false;
  const onOverdue = (): void => {
    hasReplaced = false;
    for (const listener of overdue) listener();
  };
  const model = openIngestModel({
    ...options,
    parts: [
      devicePart({
        topic: topics.devices,
        foldedEvents,
        onFolded(each) {
          for (const listener of folded) listener(each);
          if (hasReplaced) onOverdue();
        },
        onErasing: sweepErased,
        onErased() {
          for (const listener of erased) listener();
        },
        onReplaced(db, id, state) {
          hasReplaced = endCommandsOf(db, id, state) || hasReplaced;
        },
      }),
      commandPart({
        topic: topics.commands,
        foldedEvents,
        onOverdue,
      }),
      presencePart(topics.presence, foldedEvents),
      quarantinePart({
        topic: topics.quarantine,
        foldedEvents,
        bounds: options.quarantineBounds,
        onAsked() {
          for (const listener of asked) listener();
        },
        onChanged() {
          for (const listener of quarantined) listener();
        },
      }),
      rebuildPart({
        topic: topics.rebuilds,
        foldedEvents,
        onChanged() {
          for (const listener of rebuilding) listener();
        },
      }),
      accessPart(topics.access, accessOutcomes, foldedEvents),
    ],
  });
  return { model, folded, overdue, erased, asked, quarantined, rebuilding, accessOutcomes };
}
