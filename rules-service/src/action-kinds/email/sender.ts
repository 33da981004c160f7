import type { Transporter } from "nodemailer";
import { TimedOutError, withTimeout } from "@headwater/core";
import type { Attempt, DeliveryMeans, Sender } from "../delivery.ts";
import type { EmailAction, Mail } from "./action.ts";
import { isForGood, Recipients, type Refusal, type Standing } from "./recipients.ts";

/** A mail that was taken for one address at least. */
interface SentMail {
  readonly rejectedErrors?: readonly Refusal[];
}

interface SmtpError extends Error {
  /** Where no address was taken. */
  readonly rejectedErrors?: readonly Refusal[];
  readonly responseCode?: number;
  readonly code?: string;
  /** Of the network or of TLS, where `code` says no more than that it was one of them. */
  readonly originalCode?: string;
}

/** Sends mails through one SMTP server, each under a Message-ID that its repetitions share. */
export function createMailSender({ smtp, attemptMs }: DeliveryMeans): Sender<EmailAction> {
  if (smtp === undefined) {
    const error = "no SMTP server is configured (HEADWATER_ACTIONS_SMTP_URL)";
    return () => Promise.resolve({ outcome: "failed", status: 0, error, forGood: true });
  }
  let transport: Transporter | undefined;
  const recipients = new Recipients();
  const domain = smtp.from
    .split("@")
    .at(-1)!
    .replaceAll(/[^A-Za-z0-9.-]/g, "");
  return async ({ id, action, body }, signal): Promise<Attempt> => {
    const before = recipients.of(id, action.to);
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
      const sent: Promise<unknown> = transport.sendMail({
        ...{ from: smtp.from, to: [...action.to], subject, text },
        envelope: { from: smtp.from, to: [...before.left] },
        messageId: `<${id}@${domain}>`,
        headers: { "auto-submitted": "auto-generated" },
      });
      const late = () => new TimedOutError(`no answer within ${attemptMs} ms`);
      const { rejectedErrors = [] } = (await withTimeout(sent, attemptMs, late)) as SentMail;
      return outcomeOf(recipients.settle(id, before, rejectedErrors), action.to.length);
    } catch (error) {
      signal.throwIfAborted();
      const { rejectedErrors, responseCode = 0, code, originalCode = code, message } = error as SmtpError;
      if (rejectedErrors !== undefined)
        return outcomeOf(recipients.settle(id, before, rejectedErrors), action.to.length);
      // The server's words may hold what it was told; its code says enough.
      const reason = error instanceof TimedOutError ? message : (originalCode ?? (error as Error).name);
      const forGood = isForGood(responseCode);
      return { outcome: "failed", status: responseCode, error: reason, forGood, unwell: responseCode === 0 };
    }
  };
}

/** A mail is delivered when every one of its addresses has it. */
function outcomeOf({ left, refused, status }: Standing, all: number): Attempt {
  if (left.length + refused.size === 0) return { outcome: "delivered", status: 250 };
  const of = (count: number) => `${count} of ${all} addresses`;
  const error =
    left.length > 0 ? `the server does not take it for ${of(left.length)} yet` : `it refuses ${of(refused.size)}`;
  return { outcome: "failed", status, error, forGood: left.length === 0 };
}
