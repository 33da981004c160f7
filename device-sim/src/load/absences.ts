import type { Profile } from "../fleet/profile.ts";
import type { Random } from "../signals/random.ts";
import type { LoadContext } from "./load-context.ts";
import { type Outage, siteOutages } from "./site-outages.ts";

/** What a device does when it goes away and comes back. */
export interface Absent {
  /** TCP is cut; the device connects again at once. */
  readonly cut: () => void;
  /** Its site fails. */
  readonly fail: () => void;
  readonly sleep: () => void;
  readonly wake: () => void;
}

/** While the schedule lasts, a device is cut, sleeps and fails with its site as its profile says. */
export function absencesOf(id: string, profile: Profile, random: Random, context: LoadContext, device: Absent): void {
  const { cut, sleep, outages } = profile.connection;
  const after = (wait: number, callback: () => void): void => context.during(context.now() + wait, callback);

  const cutAgain = (every: NonNullable<typeof cut>): void =>
    after(random.within(every), () => {
      device.cut();
      cutAgain(every);
    });
  const failWith = (all: Iterator<Outage, never>): void => {
    const { from, to } = all.next().value;
    const began = context.beganAt();
    context.during(began + from, () => {
      device.fail();
      context.during(began + to, () => {
        device.wake();
        failWith(all);
      });
    });
  };
  const sleepAfter = (wait: number, { every, awake }: NonNullable<typeof sleep>): void =>
    after(wait, () => {
      device.sleep();
      after(every - awake, () => {
        device.wake();
        sleepAfter(awake, { every, awake });
      });
    });

  if (cut !== undefined) cutAgain(cut);
  if (outages !== undefined) failWith(siteOutages(context.seed, profile, id));
  if (sleep !== undefined) sleepAfter(random.next() * sleep.awake, sleep);
}
