import type { Platform } from "./harness.ts";

const devices = 4;

/** Up and down for several devices, so that episodes are open at any moment. */
export function wave(step: number, device: number): number {
  return (step + device) % 4 < 2 ? 95 + device : 60;
}

/** The readings of those steps, with a mark now and then. */
export async function sendWaves({ fleet }: Pick<Platform, "fleet">, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) {
    const records = Array.from({ length: devices }, (_, device) =>
      fleet.record(`boiler-${device}`, "temperature", wave(step, device)),
    );
    await fleet.append(records.map(({ record }) => record));
    if (step % 5 === 0) await fleet.mark();
  }
}

/** Steady load until told to stop; resolves then. */
export function steadyLoad(on: Pick<Platform, "fleet">, pauseMs = 2): { stop(): Promise<void> } {
  let running = true;
  const done = (async () => {
    for (let step = 0; running; step += 1) {
      await sendWaves(on, step, step + 1);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  })();
  return {
    async stop() {
      running = false;
      await done;
      await on.fleet.mark();
    },
  };
}
