import { Type } from "@sinclair/typebox";
import {
  afterQuery,
  decodeCursor,
  listQuery,
  pageOf,
  pageSchema,
  waitForAfter,
  type HttpApp,
} from "@headwater/service";
import type { AlertModel } from "../alerts/alert-model.ts";
import { presentAlert } from "../alerts/alert-writes.ts";
import type { ActionModel, ActionPlace } from "./action-model.ts";
import { actionResource, toActionResource } from "./action-resource.ts";

export interface ActionRoutesOptions {
  readonly model: ActionModel;
  readonly alerts: AlertModel;
  readonly timeoutMs: number;
}

/** What became of the webhooks and mails of an alert, over REST. */
export function actionRoutes(app: HttpApp, { model, alerts, timeoutMs }: ActionRoutesOptions): void {
  app.get(
    "/api/v1/alerts/:id/actions",
    {
      schema: {
        operationId: "listAlertActions",
        summary: "Webhooks and mails of an alert with their outcomes, in the order in which they were requested",
        tags: ["alerts"],
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }),
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(actionResource) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      const { id } = request.params;
      await waitForAfter(alerts.readModel, after, timeoutMs);
      presentAlert(alerts.get(id), id);
      const place = decodeCursor(request, cursor, isPlace);
      const actions = model.ofAlert(id, place, limit + 1);
      return pageOf(request, actions, limit, ({ partition, offset }) => ({ partition, offset }), toActionResource);
    },
  );
}

function isPlace(value: unknown): value is ActionPlace {
  if (typeof value !== "object" || value === null) return false;
  const { partition, offset } = value as Partial<ActionPlace>;
  return Number.isSafeInteger(partition) && Number.isSafeInteger(offset);
}
