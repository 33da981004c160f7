import type { Transporter } from "nodemailer";
import { TimedOutError, withTimeout } from "@headwater/core";
import type { Attempt, DeliveryMeans, Sender } from "../delivery.ts";
import type { EmailAction, Mail } from "./action.ts";

/** Sends mails through one SMTP server, each under a Message-ID that its repetitions share. */
export function createMailSender({ smtp, attemptMs }: DeliveryMeans): Sender<EmailAction> {
  if (smtp === undefined) {
    const error = "no SMTP server is configured (HEADWATER_ACTIONS_SMTP_URL)";
    return () => Promise.resolve({ outcome: "failed", status: 0, error, forGood: true });
  }
  let transport: Transporter | undefined;
  const domain = smtp.from
    .split("@")
    .at(-1)!
    .replaceAll(/[^A-Za-z0-9.-]/g, "");
  return async ({ id, action, body }, signal): Promise<Attempt> => {
    const { subject, text } = JSON.parse(Buffer.from(body).toString()) as Mail;
    try {
      // Loaded with the first mail: most processes never send one, and it is large.
      transport ??= (await import("nodemailer")).createTransport({
        url: smtp.url,
        connectionTimeout: attemptMs,
        greetingTimeout: attemptMs,
        socketTimeout: attemptMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const sent = transport.sendMail({
        ...{ from: smtp.from, to: [...action.to], subject, text },
        messageId: `<${id}@${domain}>`,
        headers: { "auto-submitted": "auto-generated" },
      });
      await withTimeout(sent, attemptMs, () => new TimedOutError(`no answer within ${attemptMs} ms`));
      return { outcome: "delivered", status: 250 };
    } catch (error) {
      signal.throwIfAborted();
      const { responseCode = 0, code, message } = error as Error & { responseCode?: number; code?: string };
      // The server's words may hold what it was told; its code says enough.
      const reason = error instanceof TimedOutError ? message : (code ?? (error as Error).name);
      const refused = responseCode >= 550 && responseCode <= 554;
      return { outcome: "failed", status: responseCode, error: reason, forGood: refused, unwell: responseCode === 0 };
    }
  };
}
