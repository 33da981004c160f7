import type { EventLog } from "@headwater/event-log";
import { ResourceError, sleep } from "@headwater/core";
import { cpuOf, memoryOf } from "./process-figures.ts";

export interface Backlog {
  readonly log: EventLog;
  readonly topic: string;
  readonly group: string;
  /** Records in the topic. */
  readonly count: number;
  /** Of the consumer; its start and its first, unoptimised records are not what a service does all day. */
  readonly pid: number;
  /** Of the store that it writes to. */
  readonly storePid: number;
}

export interface BacklogFigures {
  /** µs of CPU a record, of all threads. */
  readonly cpu: number;
  readonly storeCpu: number;
  /** Records a second whose offset was committed. */
  readonly rate: number;
  /** MiB resident, at most. */
  readonly memory: number;
  /** Seconds from the start of the process until the last record. */
  readonly seconds: number;
}

const deadlineMs = 300_000;

/** Watches how a consumer that has just been started works through a topic; the first fifth is not measured. */
export async function measureBacklog(backlog: Backlog): Promise<BacklogFigures> {
  const began = performance.now();
  const first = await until(backlog, backlog.count / 5, began);
  const last = await until(backlog, backlog.count, began);
  const records = last.committed - first.committed;
  return {
    cpu: (last.cpu - first.cpu) / records,
    storeCpu: (last.storeCpu - first.storeCpu) / records,
    rate: (records / (last.at - first.at)) * 1000,
    memory: memoryOf(backlog.pid).peak / 1024 / 1024,
    seconds: (last.at - began) / 1000,
  };
}

interface Sample {
  readonly at: number;
  readonly committed: number;
  readonly cpu: number;
  readonly storeCpu: number;
}

async function until({ log, topic, group, pid, storePid }: Backlog, wanted: number, began: number): Promise<Sample> {
  for (;;) {
    const positions = await log.committed(group, [topic]);
    const committed = positions.reduce((sum, { offset }) => sum + offset, 0);
    if (committed >= wanted) return { at: performance.now(), committed, cpu: cpuOf(pid), storeCpu: cpuOf(storePid) };
    if (performance.now() - began > deadlineMs) {
      throw new ResourceError(
        `${committed} of ${wanted} records of ${topic} are committed after ${deadlineMs / 1000} s`,
      );
    }
    await sleep(50);
  }
}
