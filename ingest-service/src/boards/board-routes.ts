import { type AccessState, type Board, boardName, deleteBoard, noSuchBoard, saveBoard } from "@headwater/aggregates";
import { isoFromMicros } from "@headwater/core";
import {
  afterQuery,
  decodeCursor,
  etagOf,
  type HttpApp,
  InvalidRequestError,
  isTextPlace,
  listQuery,
  pageOf,
  pageSchema,
  positionSchema,
  positionText,
  principalOf,
  waitForAfter,
} from "@headwater/service";
import { Type } from "@sinclair/typebox";
import type { FastifyReply } from "fastify";
import { accessState, listBoards } from "../access/access-model.ts";
import { type AccessWriteContext, writerOf } from "../access/access-write.ts";
import { boardFrom, boardProblems } from "./board-definition.ts";
import { type BoardDefinition, boardSchema } from "./board-schema.ts";
import { builtInBoards } from "./built-in-boards.ts";

const tags = ["boards"];
const path = "/api/v1/boards/:id";
const mayRead = { scopes: ["boards:read"] };
const mayWrite = { scopes: ["boards:write"], preconditions: true };
const params = Type.Object({ id: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }) });
const descriptionFields = {
  id: Type.String(),
  revision: Type.Integer({ description: "As its ETag names it" }),
  title: Type.String(),
  description: Type.Optional(Type.String()),
  builtIn: Type.Boolean({ description: "It came with the platform, and nobody changed it" }),
  updatedAt: Type.Optional(Type.String({ format: "date-time" })),
  updatedBy: Type.Optional(Type.String()),
};
const listedSchema = Type.Object(
  { ...descriptionFields, widgets: Type.Integer({ description: "How many it has" }) },
  { title: "ListedBoard" },
);
const boardFields = { ...descriptionFields, definition: Type.Unknown({ description: "The board as it was written" }) };
const boardAnswer = Type.Object(boardFields, { title: "Board" });
const savedAnswer = Type.Object({ ...boardFields, position: Type.Optional(positionSchema) }, { title: "SavedBoard" });
const verdict = Type.Object(
  {
    valid: Type.Boolean(),
    errors: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() })),
  },
  { title: "BoardVerdict" },
);

/** A board as it is kept, or as it came with the platform. */
interface Shown {
  readonly id: string;
  readonly revision: number;
  readonly definition: BoardDefinition;
  readonly saved: Board | undefined;
}

/** The state of a board that came with the platform, before anybody saved it. */
const asItCame: AccessState = { revision: 0, writeId: "", key: undefined };

/** Boards over REST: pages of charts, values and tables. */
export function boardRoutes(app: HttpApp, options: AccessWriteContext): void {
  const { model, timeoutMs } = options;

  const write = writerOf(
    {
      noun: "board",
      state: (id) => accessState(model.db, boardName(id)) ?? (Object.hasOwn(builtInBoards, id) ? asItCame : undefined),
      revisionOf: (id, state) => shownBoard(id, state)?.revision,
    },
    options,
  );

  app.get(
    "/api/v1/boards",
    {
      config: mayRead,
      schema: {
        operationId: "listBoards",
        summary: "Boards, by id",
        tags,
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(listedSchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const from = decodeCursor(request, cursor, isTextPlace) ?? "";
      const saved = listBoards(model.db, from, limit + 1).map((board) => savedBoard(board));
      const builtIn = Object.keys(builtInBoards).flatMap((id) => {
        const shown = id > from ? shownBoard(id, accessState(model.db, boardName(id))) : undefined;
        return shown === undefined || shown.saved !== undefined ? [] : [shown];
      });
      const all = [...saved, ...builtIn].toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit + 1);
      return pageOf(request, all, limit, ({ id }) => id, listed);
    },
  );

  app.post(
    "/api/v1/boards/validate",
    {
      // It writes nothing.
      config: { ...mayRead, documentedBody: Type.Unknown({ description: "A board, or what might be one" }) },
      schema: {
        operationId: "validateBoard",
        summary: "Whether a board would be taken, and if not, what is wrong where",
        tags,
        response: { 200: verdict },
      },
    },
    async (request) => {
      if (request.headers["content-type"] === undefined) {
        throw new InvalidRequestError("body", [
          { pointer: "", detail: "is missing; send the board that is to be tried" },
        ]);
      }
      const errors = [...boardProblems(request.body)];
      return { valid: errors.length === 0, errors };
    },
  );

  app.get(
    path,
    {
      config: { ...mayRead, conditional: true },
      schema: {
        operationId: "getBoard",
        summary: "A board",
        tags,
        params,
        querystring: Type.Object(afterQuery),
        response: { 200: boardAnswer },
      },
    },
    async (request, reply) => {
      await waitForAfter(model, request.query.after, timeoutMs);
      const { id } = request.params;
      return answer(reply, id, accessState(model.db, boardName(id)));
    },
  );

  app.put(
    path,
    {
      config: { ...mayWrite, documentedBody: boardSchema },
      schema: {
        operationId: "saveBoard",
        summary: "Make a board, or change it",
        description:
          "One that came with the platform is replaced by what is saved under its id, until that is deleted.",
        tags,
        params,
        response: { 200: savedAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { id: _id, ...board } = boardFrom(request.body, id);
      const definition = JSON.stringify(board);
      const updatedBy = principalOf(request).id;
      const { state, position } = await write(request, id, (before, { writeId, at: updatedAt }) =>
        saveBoard(before, { id, definition, updatedAt, updatedBy }, writeId),
      );
      const saved = answer(reply, id, state);
      return { ...saved, ...(position !== undefined && { position: positionText(position) }) };
    },
  );

  app.delete(
    path,
    {
      config: mayWrite,
      schema: {
        operationId: "deleteBoard",
        summary: "Delete a board; one that came with the platform is as it came again",
        tags,
        params,
        response: { 200: Type.Object({ id: Type.String(), position: positionSchema }, { title: "DeletedBoard" }) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const updatedBy = principalOf(request).id;
      const { position } = await write(request, id, (state, { writeId, at: updatedAt }) =>
        deleteBoard(state, { id, updatedAt, updatedBy }, writeId),
      );
      return { id, position: positionText(position!) };
    },
  );
}

function savedBoard(saved: Board): Shown {
  const { id, revision, definition } = saved;
  return { id, revision, definition: JSON.parse(definition) as BoardDefinition, saved };
}

function shownBoard(id: string, state: AccessState | undefined): Shown | undefined {
  if (state?.board !== undefined) return savedBoard(state.board);
  if (!Object.hasOwn(builtInBoards, id)) return undefined;
  // One that was saved and deleted goes on from there: an ETag never names two contents.
  return { id, revision: state?.revision ?? 0, definition: builtInBoards[id]!, saved: undefined };
}

function answer(reply: FastifyReply, id: string, state: AccessState | undefined) {
  const shown = shownBoard(id, state);
  if (shown === undefined) throw noSuchBoard(id);
  void reply.header("etag", etagOf(shown.revision));
  return { ...descriptionOf(shown), definition: { id, ...shown.definition } };
}

function listed(shown: Shown) {
  return { ...descriptionOf(shown), widgets: shown.definition.widgets.length };
}

function descriptionOf({ id, revision, definition: { title, description }, saved }: Shown) {
  return {
    ...{ id, revision, title, builtIn: saved === undefined },
    ...(description !== undefined && { description }),
    ...(saved !== undefined && { updatedAt: isoFromMicros(saved.updatedAt), updatedBy: saved.updatedBy }),
  };
}
