import type { AnswerOf, InputOf } from "@headwater/client";

type Query = NonNullable<InputOf<"GET", "/api/v1/audit">["query"]>;
type Kind = AnswerOf<"GET", "/api/v1/audit">["items"][number]["kind"];

/** What of the trail is shown; it lies in the address. */
export type AuditFilter = Pick<Query, "by" | "kind" | "subject" | "from">;

/** By its keys no kind of the API can be left out. */
const known: Readonly<Record<Kind, true>> = {
  device: true,
  command: true,
  rule: true,
  maintenance: true,
  alert: true,
  quarantine: true,
  rebuild: true,
  token: true,
  session: true,
  "provisioning-key": true,
  "device-group": true,
  board: true,
};
export const kinds = Object.keys(known) as readonly Kind[];
export const periods = { "": "at any time", "-1h": "the last hour", "-1d": "the last day", "-7d": "the last week" };
export const texts = { by: "By", subject: "To what" } as const;

export function filterOf(search: URLSearchParams): AuditFilter {
  const kind = kinds.find((each) => each === search.get("kind"));
  const from = search.get("from") ?? "";
  const [by, subject] = (["by", "subject"] as const).map((name) => search.get(name)?.trim() ?? "");
  return {
    ...(by !== "" && { by }),
    ...(subject !== "" && { subject }),
    ...(kind !== undefined && { kind }),
    ...(from !== "" && Object.hasOwn(periods, from) && { from }),
  };
}
