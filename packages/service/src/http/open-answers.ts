import type { FastifyReply } from "fastify";
import { nowMicros } from "@headwater/core";
import type { Principal } from "./principal.ts";
import type { HttpApp } from "./type-provider.ts";

/** How often it is asked whether the rights of long answers are still there (milliseconds). */
const everyMs = 1000;

/**
 * Answers under way, by whose rights. One that has begun, as a live stream, is cut within a second after its caller's
 * rights have ended; what has not begun yet is left to itself: it may be the one that ends them.
 */
export class OpenAnswers {
  readonly #open = new Map<FastifyReply, () => boolean>();

  constructor(app: HttpApp) {
    const timer = setInterval(() => this.#check(), everyMs);
    timer.unref();
    app.addHook("onClose", async () => clearInterval(timer));
  }

  begun(reply: FastifyReply, { holds, expiresAt }: Principal): void {
    if (holds === undefined && expiresAt === undefined) return;
    this.#open.set(reply, holds ?? (() => nowMicros() < expiresAt!));
    reply.raw.once("close", () => this.#open.delete(reply));
  }

  #check(): void {
    for (const [reply, holds] of this.#open) {
      if (reply.raw.headersSent && !holds()) reply.raw.destroy();
    }
  }
}
