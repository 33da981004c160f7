import { Type } from "@sinclair/typebox";
import { parseDuration, parseTimeRef, RequestError, tryParseDuration } from "@headwater/core";
import { positionText, principalOf, type HttpApp } from "@headwater/service";
import { alertResource, toAlertResource, type AlertResource } from "./alert-resource.ts";
import type { AlertWrites, WrittenAlert } from "./alert-writes.ts";

const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const comment = Type.Optional(Type.String({ maxLength: 4000 }));

/** What is said with each, of one alert or of many. */
export const alertActionFields = {
  plain: { comment },
  assign: {
    assignee: Type.Union([Type.String({ minLength: 1, maxLength: 256 }), Type.Null()], {
      description: "Whose it is from now on; null: nobody's",
    }),
    comment,
  },
  comment: { comment: Type.String({ minLength: 1, maxLength: 4000 }) },
  snooze: {
    for: Type.Optional(
      Type.String({ minLength: 1, maxLength: 40, description: "From now on", examples: ["30m", "2h", "1d"] }),
    ),
    until: Type.Optional(
      Type.String({ minLength: 1, maxLength: 60, description: "Instead of `for`: ISO 8601, or like +2h" }),
    ),
    comment,
  },
};

/** The body of an operator action; none is as good as an empty one. */
const actionBody = Type.Union([
  Type.Object(alertActionFields.plain, { title: "OperatorAction", additionalProperties: false }),
  Type.Null(),
]);
const assignBody = Type.Object(alertActionFields.assign, { title: "Assignment", additionalProperties: false });
const commentBody = Type.Object(alertActionFields.comment, { title: "AlertComment", additionalProperties: false });
const snoozeBody = Type.Object(alertActionFields.snooze, { title: "Snooze", additionalProperties: false });

/** What people do with an alert: each is an event in its history, with who and when. */
export function alertActionRoutes(app: HttpApp, writes: AlertWrites): void {
  const schema = <B>(operationId: string, summary: string, body: B) => ({
    schema: { operationId, summary, tags: ["alerts"], params, body, response: { 200: alertResource } },
  });

  app.post(
    "/api/v1/alerts/:id/acknowledge",
    schema("acknowledgeAlert", "Acknowledge an alert", actionBody),
    async (request) =>
      answer(await writes.acknowledge(request.params.id, principalOf(request).id, request.body?.comment)),
  );

  app.post("/api/v1/alerts/:id/clear", schema("clearAlert", "Clear an alert", actionBody), async (request) =>
    answer(await writes.clear(request.params.id, principalOf(request).id, request.body?.comment)),
  );

  app.post("/api/v1/alerts/:id/assign", schema("assignAlert", "Say whose an alert is", assignBody), async (request) => {
    const { assignee, comment: said } = request.body;
    return answer(await writes.assign(request.params.id, principalOf(request).id, assignee ?? "", said));
  });

  app.post(
    "/api/v1/alerts/:id/comment",
    schema("commentAlert", "Say something about an alert", commentBody),
    async (request) => answer(await writes.comment(request.params.id, principalOf(request).id, request.body.comment)),
  );

  app.post(
    "/api/v1/alerts/:id/snooze",
    schema("snoozeAlert", "Hold back what the alert's rule does on its device, for a time", snoozeBody),
    async (request) => {
      const { comment: said, ...end } = request.body;
      return answer(await writes.snooze(request.params.id, principalOf(request).id, endOf(end), said));
    },
  );

  app.post(
    "/api/v1/alerts/:id/unsnooze",
    schema("endAlertSnooze", "End a snooze; what is open acts once", actionBody),
    async (request) =>
      answer(await writes.endSnooze(request.params.id, principalOf(request).id, request.body?.comment)),
  );
}

function answer({ alert, position }: WrittenAlert): AlertResource {
  return { ...toAlertResource(alert), position: positionText(position) };
}

/** Throws RequestError (400, `invalid-request` or `invalid-time`). */
export function endOf({ for: lasting, until }: { for?: string; until?: string }): (now: number) => number {
  if ((lasting === undefined) === (until === undefined)) {
    throw new RequestError(400, "invalid-request", "a snooze needs exactly one of `for` and `until`");
  }
  if (until !== undefined) return (now) => parseTimeRef(until, now);
  if (tryParseDuration(lasting!) === undefined) {
    const wrong = JSON.stringify(lasting);
    throw new RequestError(400, "invalid-time", `for: ${wrong} is no duration; write it like 30m, 2h or 1d`);
  }
  return (now) => now + parseDuration(lasting!);
}
