import type { Profile } from "../fleet/profile.ts";
import { text } from "../mqtt/packets.ts";
import type { Session } from "../mqtt/session.ts";
import type { Random } from "../signals/random.ts";

const huge = Buffer.alloc(1_048_576, 0x41);

/** What a broken or bad device sends among the honest ones. Its number is 0: nobody waits for it. */
export function hostilePublish(
  kind: NonNullable<Profile["hostile"]>,
  session: Session,
  topic: Buffer,
  random: Random,
): void {
  switch (kind) {
    case "garbage":
      session.publish(0, topic, Buffer.from(Array.from({ length: 64 }, () => Math.floor(random.next() * 256))), 1);
      break;
    case "huge":
      session.publish(0, topic, huge, 1);
      break;
    case "foreign-topic":
      session.publish(0, text("devices/somebody-else/telemetry"), Buffer.from('{"values":{"t":1}}'), 1);
      break;
    case "flood":
      for (let i = 0; i < 1_000; i++) session.publish(0, topic, Buffer.from('{"values":{"flood":1}}'), 0);
      break;
  }
}
