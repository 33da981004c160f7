import type { WebhookFormat } from "./formats.ts";

export interface WebhookAction {
  readonly kind: "webhook";
  /** One of the two. */
  readonly url?: string;
  readonly urlSecret?: string;
  readonly secret?: string;
  readonly format: WebhookFormat;
  readonly deadlineMs: number;
}
