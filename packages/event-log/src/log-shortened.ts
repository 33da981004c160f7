import { LogUnavailableError } from "@headwater/service-kit";

/**
 * The partition ends before the place where an earlier append landed: the log has lost what it had acknowledged. Nothing of this append landed.
 * Repeating it is right for who has nothing more to give; who still has what was lost can send that first.
 */
export class LogShortenedError extends LogUnavailableError {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be written. */
  readonly end: number;
  /** The one that it was. */
  readonly was: number;

  constructor(topic: string, partition: number, end: number, was: number) {
    super(`partition ${partition} of ${topic} ends at ${end}, and had taken records up to ${was}`);
    this.topic = topic;
    this.partition = partition;
    this.end = end;
    this.was = was;
  }
}
