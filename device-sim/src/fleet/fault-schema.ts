import { type Static, Type } from "@sinclair/typebox";
import { Duration } from "../signals/signal-schema.ts";
import { membersNamed, namePattern } from "./named-members.ts";

const exact = { additionalProperties: false } as const;
const Name = Type.String({ pattern: namePattern });
const Address = Type.String({ pattern: "^[^:/]+:(?:\\d{1,5}|\\{port:[\\w.-]+\\})$", description: "host:port" });

export const processSchema = Type.Object(
  {
    command: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "Program and arguments; `node` is the one that runs the simulator. It runs where the file lies",
    }),
    env: Type.Optional(
      membersNamed("^[^=\\0]+$", Type.String(), {
        description:
          "Beside PATH and HOME; `{folder}` is an empty folder that is removed at the end, `{port:NAME}` a free port",
      }),
    ),
    ready: Type.Optional(Type.String({ minLength: 1, description: "What it prints when it is ready" })),
  },
  exact,
);

export const hopSchema = Type.Object(
  {
    listen: Type.Optional(Address),
    to: Type.Optional(Address),
  },
  { ...exact, description: "A TCP proxy; devices connect through the one that is called `mqtt`" },
);

export const faultSchema = Type.Object(
  {
    at: Duration,
    for: Type.Optional(Duration),
    process: Type.Optional(Name),
    hop: Type.Optional(Name),
    do: Type.Union(
      (["kill", "stop", "restart", "delay", "cut", "black-hole", "throttle", "flip"] as const).map((each) =>
        Type.Literal(each),
      ),
      {
        description:
          "Of a process: kill (SIGKILL, back after `for`), stop (SIGSTOP for `for`), restart (SIGTERM, and back). Of a " +
          "hop: delay, cut, black-hole, throttle, flip",
      },
    ),
    by: Type.Optional(Duration),
    bytesPerSecond: Type.Optional(Type.Integer({ minimum: 1 })),
    bits: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  exact,
);

export const targetSchema = Type.Object(
  {
    url: Type.Optional(Type.String({ minLength: 1 })),
    mqtt: Type.Optional(Type.String({ minLength: 1 })),
    tokenFile: Type.Optional(
      Type.String({ minLength: 1, description: "`{folder}` and `{port:NAME}` are those of the processes" }),
    ),
  },
  { ...exact, description: "What the command line says otherwise wins over this" },
);

export const Hops = membersNamed(namePattern, hopSchema);
export const Processes = membersNamed(namePattern, processSchema);
export const Faults = Type.Array(faultSchema, { maxItems: 1_000 });
export type ProcessSpec = Static<typeof processSchema>;
export type HopSpec = Static<typeof hopSchema>;
export type FaultSpec = Static<typeof faultSchema>;
export type TargetSpec = Static<typeof targetSchema>;
