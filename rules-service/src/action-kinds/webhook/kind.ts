import { Type } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { actionKind } from "../action-kind.ts";
import { deadlineBounds, deadlineSchema, defaultDeadline } from "../deadline.ts";
import type { Delivery } from "../delivery.ts";
import { secretName } from "../secret-name.ts";
import type { WebhookAction } from "./action.ts";
import { bodies, digestBodies, formats, type WebhookFormat } from "./formats.ts";
import { createWebhookSender } from "./sender.ts";

const delivery: Delivery<WebhookAction> = {
  endpointOf({ url, urlSecret }) {
    if (url === undefined) return urlSecret ?? "";
    const { origin, pathname } = new URL(url);
    return origin + pathname;
  },
  urlOf: ({ url }) => url ?? "",
  compose: ({ format }, occasion) => Buffer.from(JSON.stringify(bodies[format](occasion))),
  composeDigest(action, digest) {
    const { format } = action;
    const [only] = digest.named;
    // Programs get one form whatever the number; people are told of one alert as of any other.
    if (format !== "standard" && digest.count === 1 && only !== undefined) return this.compose(action, only);
    return Buffer.from(JSON.stringify(digestBodies[format](digest)));
  },
  createSender: createWebhookSender,
};

export const webhook = actionKind({
  schema: Type.Object(
    {
      url: Type.Optional(
        Type.String({ minLength: 1, maxLength: 2048, description: "Where it is posted to: http or https." }),
      ),
      urlSecret: Type.Optional(secretName("Instead of url: the name of a URL that is a secret (a chat's).")),
      secret: Type.Optional(secretName("The name of the secret that signs it (Standard Webhooks).")),
      format: Type.Optional(
        Type.Unsafe<WebhookFormat>({
          type: "string",
          enum: [...formats],
          description: "standard (the default), or what a chat takes.",
        }),
      ),
      deadline: deadlineSchema,
    },
    { additionalProperties: false, description: "Posts the alert to a URL, at least once, under a stable webhook-id." },
  ),
  check({ url, urlSecret, deadline }, { pointer, problems }) {
    if ((url === undefined) === (urlSecret === undefined)) {
      problems.add(pointer, "needs exactly one of url and urlSecret");
    }
    const at = pointerTo(pointer, "url");
    const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
    if (url !== undefined && (parsed === undefined || !/^https?:$/.test(parsed.protocol))) {
      problems.add(at, "is no URL of http or https; write it like https://ops.example/hook");
    } else if (parsed !== undefined && (parsed.username !== "" || parsed.password !== "")) {
      problems.add(at, "holds a user or password; put the URL into the file of secrets and name it with urlSecret");
    }
    checkDuration(deadline, pointerTo(pointer, "deadline"), deadlineBounds, problems);
  },
  normalise: ({ url, urlSecret, secret, format = "standard", deadline = defaultDeadline }): WebhookAction => ({
    kind: "webhook",
    ...(url !== undefined && { url }),
    ...(urlSecret !== undefined && { urlSecret }),
    ...(secret !== undefined && { secret }),
    format,
    deadlineMs: Math.ceil(parseDuration(deadline) / 1000),
  }),
  delivery,
});
