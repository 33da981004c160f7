import { expect, it } from "vitest";
import { filterOf } from "./alert-filter.ts";

it.each([
  ["", { state: "open", shadow: false }],
  ["state=all", { shadow: false }],
  [
    "state=cleared&severity=critical&rule=r&device=%3Cb%3E",
    { state: "cleared", severity: "critical", rule: "r", device: "<b>", shadow: false },
  ],
  ["state=constructor&severity=huge&from=", { shadow: false }],
  [
    "shadow=true&muted=true&from=-1h&assignee=+ann+",
    { state: "open", shadow: true, muted: true, from: "-1h", assignee: "ann" },
  ],
])("%j asks for %j", (search, filter) => expect(filterOf(new URLSearchParams(search))).toEqual(filter));
