import { Type } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { actionKind } from "../action-kind.ts";
import { deadlineBounds, deadlineSchema, defaultDeadline } from "../deadline.ts";
import type { Delivery } from "../delivery.ts";
import { digestLines, digestWords, wordsOf } from "../wording.ts";
import type { EmailAction, Mail } from "./action.ts";
import { createMailSender } from "./sender.ts";

/** A plain address: no name, no comment, no list, so that it can mean one recipient alone. */
const address = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** Characters of a mail that tells many alerts. */
const mostOfMail = 60_000;

const delivery: Delivery<EmailAction> = {
  endpointOf: () => "smtp",
  urlOf: () => "",
  compose(_action, occasion) {
    const { title, facts } = wordsOf(occasion);
    const mail: Mail = { subject: title, text: facts.map(([name, value]) => `${name}: ${value}\n`).join("") };
    return Buffer.from(JSON.stringify(mail));
  },
  composeDigest(action, digest) {
    const [only] = digest.named;
    if (digest.count === 1 && only !== undefined) return this.compose(action, only);
    const { title, lines } = digestWords(digest);
    const text = digestLines(lines, digest.count, mostOfMail).map((line) => `${line}\n`);
    const mail: Mail = { subject: title, text: text.join("") };
    return Buffer.from(JSON.stringify(mail));
  },
  createSender: createMailSender,
};

export const email = actionKind({
  schema: Type.Object(
    {
      to: Type.Array(Type.String({ minLength: 3, maxLength: 320 }), {
        minItems: 1,
        maxItems: 20,
        description: "Addresses like ops@example.org.",
      }),
      deadline: deadlineSchema,
    },
    { additionalProperties: false, description: "Sends the alert as a mail, through the SMTP server of the settings." },
  ),
  check({ to, deadline }, { pointer, problems }) {
    for (const [index, each] of to.entries()) {
      if (address.test(each)) continue;
      problems.add(pointerTo(pointerTo(pointer, "to"), index), "is no plain address; write it like ops@example.org");
    }
    checkDuration(deadline, pointerTo(pointer, "deadline"), deadlineBounds, problems);
  },
  normalise: ({ to, deadline = defaultDeadline }): EmailAction => ({
    kind: "email",
    to,
    deadlineMs: Math.ceil(parseDuration(deadline) / 1000),
  }),
  delivery,
});
